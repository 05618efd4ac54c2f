import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { sh } from '@/lib/commands/command'
import type { AppError } from '@/lib/errors'
import type { Access } from '@/lib/io/ssh/access'
import { readHostKey } from '@/lib/io/ssh/access-probe'
import { Connection } from '@/lib/io/ssh/connection'
import { KeptConnection } from '@/lib/io/ssh/kept-connection'
import { runCommand } from '@/lib/io/ssh/run'
import { systemClock } from '@/lib/time'
import {
  closeSshServers,
  fingerprint,
  hostKeyPem,
  otherKeyPem,
  publicLine,
  SshServer,
} from '@/test/harness/ssh-server'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
  closeSshServers()
})

const kept = (server: SshServer, more: Partial<Access> = {}) => {
  const connection = new KeptConnection(server.access(), async () => server.access(more), systemClock)
  closers.push(() => connection.close())
  return connection
}
const errorOf = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error) => error,
  )
const host = { label: 'db1 (127.0.0.1)', login: { user: 'ops', privilege: 'unprivileged' } } as const
const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('a changed host key is refused before any sign-in, with both fingerprints', async () => {
  const server = await new SshServer(otherKeyPem).start()
  const error = await errorOf(kept(server).get())
  expect(error).toMatchObject({ code: 'HOST_KEY_CHANGED' })
  expect(error.message).toContain(fingerprint(hostKeyPem))
  expect(error.message).toContain(fingerprint(otherKeyPem))
  expect(server.signIns).toBe(0)
})

test('an unconfirmed or unreadable host key lets nothing through', async () => {
  const server = await new SshServer().start()
  const unconfirmed = await errorOf(kept(server, { hostKey: null }).get())
  expect(unconfirmed).toMatchObject({
    code: 'HOST_KEY_UNCONFIRMED',
    message: expect.stringContaining(fingerprint(hostKeyPem)),
  })
  expect(await errorOf(kept(server, { hostKey: 'ssh-rsa nonsense' }).get())).toMatchObject({
    code: 'HOST_KEY_UNCONFIRMED',
  })
  expect(server.signIns).toBe(0)
})

test('a host that refuses the sign-in is not asked again at once, however often somebody wants in', async () => {
  const server = await new SshServer().start()
  const connection = kept(server, { secret: { privateKey: null, passphrase: null, password: 'wrong' } })
  const first = await errorOf(connection.get())
  expect(first).toMatchObject({ code: 'HOST_AUTH_FAILED' })
  expect(`${first.message} ${first.detail} ${first.fix}`).not.toContain('wrong')
  const { signIns } = server
  for (let index = 0; index < 5; index += 1) expect(await errorOf(connection.get())).toBe(first)
  expect(server.signIns).toBe(signIns)
  expect(connection.state()).toMatchObject({ state: 'failed', error: first })
})

test('a lost connection comes back by itself, and the outage keeps its beginning', async () => {
  const server = await new SshServer().start()
  const connection = kept(server)
  expect(connection.state()).toMatchObject({ state: 'connecting' })
  const before = await connection.get()
  expect(connection.state()).toMatchObject({ state: 'connected' })
  server.stop()
  await until(() => connection.state().state === 'failed')
  const lost = connection.state()
  await until(() => {
    const now = connection.state()
    return now.state === 'failed' && now.error.code === 'HOST_PORT_REFUSED'
  })
  expect(connection.state()).toMatchObject({ since: lost.since })
  expect(await errorOf(connection.get())).toMatchObject({ code: 'HOST_PORT_REFUSED' })
  await server.start()
  await until(() => connection.state().state === 'connected')
  expect(await connection.get()).not.toBe(before)
})

test('what runs when the connection is lost fails with that, and nothing waits for ever', async () => {
  const server = await new SshServer().start()
  const connection = await kept(server).get()
  const running = errorOf(runCommand(connection, host, sh`sleep 5`, { timeoutMs: 60_000 }))
  await until(() => server.sessions === 1)
  server.drop()
  expect(await running).toMatchObject({ code: 'HOST_CONNECTION_LOST' })
  expect(await errorOf(runCommand(connection, host, sh`true`, { timeoutMs: 1000 }))).toMatchObject({
    code: 'HOST_CONNECTION_LOST',
  })
})

test('a closed one stays closed', async () => {
  const server = await new SshServer().start()
  const connection = kept(server)
  await connection.get()
  connection.close()
  await until(() => server.clients.size === 0)
  expect(await errorOf(connection.get())).toMatchObject({ code: 'HOST_CONNECTION_LOST' })
  expect(connection.state()).toMatchObject({ state: 'failed' })
})

/** Fourteen at once, each of which must give its own answer. */
async function runFourteen(connection: Connection) {
  const ran = await Promise.all(
    Array.from({ length: 14 }, (_, index) =>
      runCommand(connection, host, sh`sleep 0.05; echo ${index}`, { timeoutMs: 30_000 }),
    ),
  )
  expect(ran.map(({ stdout }) => Number(stdout.toString()))).toEqual([...Array(14).keys()])
}

test('at most six sessions are open at once; a server that allows fewer for a while runs all commands, and is asked for six again', async () => {
  const server = await new SshServer().start()
  const connection = await Connection.open(server.access(), 5000)
  closers.push(() => connection.end())
  await runFourteen(connection)
  expect(server.sessionsMost).toBe(6)
  server.sessionsAllowed = 2
  await runFourteen(connection)
  server.sessionsAllowed = 10
  server.sessionsMost = 0
  await runFourteen(connection)
  expect(server.sessionsMost).toBe(6)
})

test('a server that goes on refusing sessions is told, at once where none is open and after seconds where others are', async () => {
  const server = await new SshServer().start()
  const connection = await Connection.open(server.access(), 5000)
  closers.push(() => connection.end())
  const refusal = {
    code: 'HOST_COMMAND_FAILED',
    message: expect.stringContaining('refuses to open a session'),
  }
  const run = () => runCommand(connection, host, sh`true`, { timeoutMs: 60_000 })
  server.sessionsAllowed = 0
  expect(await errorOf(run())).toMatchObject(refusal)
  server.sessionsAllowed = 1
  const long = new AbortController()
  const other = runCommand(connection, host, sh`sleep 60`, { timeoutMs: 60_000, signal: long.signal })
  await until(() => server.sessions === 1)
  expect(await errorOf(run())).toMatchObject(refusal)
  server.sessionsAllowed = 10
  long.abort()
  expect(await errorOf(other)).toMatchObject({ code: 'CANCELLED' })
  expect((await run()).exitCode).toBe(0)
})

test('a wrong password is told as that, although the refusal comes later than a host may be silent', async () => {
  const server = await new SshServer().start()
  server.refusalMs = 600
  const wrong = server.access({ secret: { privateKey: null, passphrase: null, password: 'wrong' } })
  expect(await errorOf(Connection.open(wrong, 300))).toMatchObject({ code: 'HOST_AUTH_FAILED' })
})

test('a silent server and one that speaks something else are told from a closed port', async () => {
  const open = async (onConnection: (socket: Socket) => void): Promise<number> => {
    const server: Server = createServer(onConnection).listen(0, '127.0.0.1')
    closers.push(() => server.close())
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const access = (port: number): Access => ({ ...new SshServer().access(), port })
  const mute = await open((socket) => socket.on('error', () => undefined))
  expect(await errorOf(Connection.open(access(mute), 300))).toMatchObject({
    code: 'HOST_TIMED_OUT',
    message: expect.stringContaining('accepts the connection'),
  })
  const web = await open((socket) =>
    socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  )
  expect(await errorOf(Connection.open(access(web), 2000))).toMatchObject({ code: 'HOST_UNREACHABLE' })
  expect(await errorOf(readHostKey('127.0.0.1', 1))).toMatchObject({ code: 'HOST_PORT_REFUSED' })
})

test('the host key is read without a sign-in, and is what a later connection accepts', async () => {
  const server = await new SshServer().start()
  const { port } = server.access()
  const seen = await readHostKey('127.0.0.1', port)
  expect(seen).toEqual({ hostKey: publicLine(hostKeyPem), fingerprint: fingerprint(hostKeyPem) })
  expect(server.signIns).toBe(0)
})

test('a private key that is none, or whose passphrase is missing, is said before anything is sent', async () => {
  const server = await new SshServer().start()
  for (const privateKey of ['nonsense', null]) {
    const secret = { privateKey, passphrase: null, password: null }
    expect(await errorOf(kept(server, { authKind: 'key', secret }).get())).toMatchObject({
      code: 'HOST_AUTH_FAILED',
    })
  }
  expect(server.clients.size).toBe(0)
})
