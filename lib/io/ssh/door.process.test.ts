import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asDatabaseOwner, asRoot, sh, withStdin } from '@/lib/commands/command'
import type { Host } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import { DoorPool } from '@/lib/io/ssh/door-pool'
import type { DatabaseTarget, KeptDoor } from '@/lib/ports/host-door'
import { closeSshServers, hostKeyPem, publicLine, SshServer } from '@/test/harness/ssh-server'

let server: SshServer
let pool: DoorPool
let door: KeptDoor
let home: string
const soon = { timeoutMs: 10_000 }

/** Whoever runs the tests, signed in as an unprivileged user. */
const host = (more: Partial<Host> = {}): Host => ({
  id: 'host-1',
  name: 'db1',
  address: '127.0.0.1',
  port: server.access().port,
  user: 'plain',
  authKind: 'password',
  hostKey: publicLine(hostKeyPem),
  hostKeyFingerprint: null,
  privilege: 'unprivileged',
  machineId: null,
  home: null,
  accessRevision: 1,
  ...more,
})

const openPool = () =>
  new DoorPool({
    readSecret: async () => ({ privateKey: null, passphrase: null, password: 'right' }),
    openSession: async ({ stream, whyEnded }) => {
      stream.resume()
      throw (await whyEnded()) ?? new AppError('INTERNAL', 'the stream was closed')
    },
    agentSocket: null,
  })

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'understudy-door-'))
  server = await new SshServer().start()
  server.environment = { HOME: home }
  pool = openPool()
  door = pool.door(host())
})
afterAll(async () => {
  await pool.close()
  closeSshServers()
  rmSync(home, { recursive: true, force: true })
})

describe('a command', () => {
  test('has its exit code, both streams, its input and its lines', async () => {
    const lines: string[] = []
    const command = withStdin(sh`cat; echo ${"it's"} >&2; exit 9`, 'žluť\n', false)
    const ran = await door.run(command, { ...soon, onLine: (line) => lines.push(line) })
    expect(ran).toMatchObject({ exitCode: 9, stdout: 'žluť\n', stderr: "it's\n" })
    expect(lines.toSorted()).toEqual(["it's", 'žluť'])
  })

  test('that fails is a result of run and an error of runOrThrow, with the last words in the detail only', async () => {
    await expect(door.runOrThrow(sh`echo secret-path >&2; exit 3`, soon)).rejects.toMatchObject({
      code: 'HOST_COMMAND_FAILED',
      message: 'A command on db1 (127.0.0.1) failed.',
      detail: 'exit code 3: secret-path',
    })
  })

  test('as root is refused to an unprivileged user before anything is sent; the database’s owner it is itself', async () => {
    await expect(door.run(asRoot(sh`true`), soon)).rejects.toMatchObject({ code: 'HOST_SUDO_REFUSED' })
    expect((await door.run(asDatabaseOwner(sh`echo me`), soon)).stdout).toBe('me\n')
  })

  test('that takes too long is stopped on the host with its children', async () => {
    const noted = join(home, 'child')
    const running = door.run(sh`sleep 600 & echo $! > ${noted}; wait`, { timeoutMs: 500 })
    await expect(running).rejects.toMatchObject({ code: 'HOST_COMMAND_TIMED_OUT' })
    const child = readFileSync(noted, 'utf8').trim()
    await door.runOrThrow(sh`while kill -s 0 ${child} 2>/dev/null; do sleep 0.02; done`, soon)
  })

  test('is cancelled by its caller, before it began and after', async () => {
    await expect(door.run(sh`true`, { ...soon, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    const abort = new AbortController()
    const running = door.run(sh`echo begun; sleep 60`, {
      ...soon,
      signal: abort.signal,
      onLine: () => abort.abort(),
    })
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  test('that prints without end is an error, not a full memory', async () => {
    await expect(door.run(sh`head -c 34000000 /dev/zero`, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'HOST_COMMAND_FAILED',
      message: expect.stringContaining('printed more than'),
    })
  })
})

describe('a question', () => {
  test('keeps to its own shell, and one that is too slow costs only itself', async () => {
    expect((await door.ask(sh`echo $$`, soon)).stdout).toBe((await door.ask(sh`echo $$`, soon)).stdout)
    await expect(door.ask(sh`sleep 60`, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'HOST_COMMAND_TIMED_OUT',
    })
    expect((await door.ask(sh`echo again`, soon)).stdout).toBe('again\n')
  })

  test('of two roles that are one user of the host is asked in one shell: each would keep a session for good', async () => {
    const shells = new Set<string>()
    for (const question of [sh`echo $$`, asDatabaseOwner(sh`echo $$`)])
      shells.add((await door.ask(question, soon)).stdout)
    expect(shells.size).toBe(1)
  })

  test('that is queued behind a slow one keeps its own time-out', async () => {
    const slow = door.ask(sh`sleep 0.5; echo slow`, soon)
    await expect(door.ask(sh`echo quick`, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'HOST_COMMAND_TIMED_OUT',
    })
    expect((await slow).stdout).toBe('slow\n')
  })

  test('as root is refused to an unprivileged user, each time', async () => {
    for (let index = 0; index < 2; index += 1)
      await expect(door.ask(asRoot(sh`true`), soon)).rejects.toMatchObject({ code: 'HOST_SUDO_REFUSED' })
  })

  test('whose shell is killed under it fails, and the next one is answered', async () => {
    await expect(door.ask(sh`kill -KILL $$; sleep 1`, soon)).rejects.toMatchObject({
      code: 'HOST_CONNECTION_LOST',
    })
    expect((await door.ask(sh`echo again`, soon)).stdout).toBe('again\n')
  })
})

describe('files and jobs', () => {
  test('a file is written and read back; an absent one is null', async () => {
    const path = join(home, "it's a file")
    const owner = (await door.run(sh`id -un`, soon)).stdout.trim()
    await door.writeFile({ path, content: 'x\n', mode: '0600', owner, isSecret: true })
    expect(await door.readFile(path)).toBe('x\n')
    writeFileSync(path, 'no line’s end')
    expect(await door.readFile(path)).toBe('no line’s end')
    expect(await door.readFile(`${path}.not`)).toBeNull()
    await expect(
      door.writeFile({ path: join(home, 'no/such/dir'), content: '', mode: '0600', owner, isSecret: false }),
    ).rejects.toMatchObject({ code: 'HOST_COMMAND_FAILED', message: expect.stringContaining('no/such/dir') })
  })

  test('a job’s output is read in whole characters, wherever it is read from', async () => {
    await door.startJob('utf8', sh`printf 'žluťoučký 😀'`)
    await expect(door.startJob('utf8', sh`true`)).rejects.toMatchObject({ code: 'CONFLICT' })
    while ((await door.jobState('utf8')).state === 'running');
    expect(await door.jobState('utf8')).toEqual({ state: 'ended', exitCode: 0 })
    expect(await door.jobOutput('utf8', 0)).toEqual({ text: 'žluťoučký 😀', nextOffset: 18 })
    expect(await door.jobOutput('utf8', 14)).toEqual({ text: '😀', nextOffset: 18 })
    expect(readFileSync(join(home, '.understudy/jobs/utf8/rc'), 'utf8')).toBe('0\n')
    await door.forgetJob('utf8')
    expect(await door.jobState('utf8')).toEqual({ state: 'absent' })
    await expect(door.jobOutput('utf8', 0)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a job is ended, outlives its door, and is not forgotten while it runs', async () => {
    const other = openPool()
    await other.door(host()).startJob('long', sh`sleep 600`)
    await other.close()
    expect(await door.jobState('long')).toMatchObject({ state: 'running' })
    await expect(door.forgetJob('long')).rejects.toMatchObject({ code: 'CONFLICT' })
    await door.endJob('long', 500)
    expect(await door.jobState('long')).toEqual({ state: 'vanished' })
    await expect(door.startJob('root', asRoot(sh`true`))).rejects.toMatchObject({ code: 'HOST_SUDO_REFUSED' })
  })
})

describe('the way to PostgreSQL', () => {
  const target: DatabaseTarget = {
    identity: { as: 'owner' },
    database: 'app',
    port: 5432,
    socketDirectory: '/nowhere',
    osUser: 'plain',
  }

  test('that leads nowhere says that PostgreSQL is down, for the owner and through the bridge of the monitor', async () => {
    await expect(door.database(target)).rejects.toMatchObject({ code: 'POSTGRES_DOWN' })
    await expect(
      door.database({ ...target, identity: { as: 'monitor', password: 'x' }, port: 1 }),
    ).rejects.toMatchObject({ code: 'POSTGRES_DOWN' })
  })

  test('that a hung login shell keeps from beginning is given up after 5 s, and takes no session from others', async () => {
    server.shell = join(home, 'hung')
    writeFileSync(server.shell, '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 })
    // One more than there are sessions: the last gets none before its time is up.
    const opened = await Promise.allSettled(Array.from({ length: 7 }, () => door.database(target)))
    server.shell = '/bin/sh'
    for (const outcome of opened)
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'HOST_COMMAND_TIMED_OUT',
          message: 'db1 (127.0.0.1) did not open a way to its PostgreSQL within 5 s.',
        },
      })
    expect((await door.run(sh`echo here`, soon)).stdout).toBe('here\n')
    await expect(door.database(target)).rejects.toMatchObject({ code: 'POSTGRES_DOWN' })
  }, 20_000)
})

describe('the pool', () => {
  test('gives one door a host, a new one when its access changed, and none once it is closed', async () => {
    const own = openPool()
    const first = own.door(host())
    expect(own.door(host())).toBe(first)
    const renamed = own.door(host({ name: 'db9' }))
    expect(renamed).not.toBe(first)
    await expect(first.run(sh`true`, soon)).rejects.toMatchObject({ code: 'HOST_CONNECTION_LOST' })
    expect((await renamed.run(sh`echo here`, soon)).stdout).toBe('here\n')
    own.drop('host-1')
    await expect(renamed.run(sh`true`, soon)).rejects.toMatchObject({ code: 'HOST_CONNECTION_LOST' })
    await own.close()
    expect(() => own.door(host())).toThrow(AppError)
  })

  test('a new secret is used at once where the old one was refused, and nobody who read the host before goes back', async () => {
    const secret = { privateKey: null, passphrase: null, password: 'old' }
    const own = new DoorPool({
      readSecret: async () => secret,
      openSession: async () => Promise.reject(new Error('unused')),
      agentSocket: null,
    })
    const refused = own.door(host())
    await expect(refused.run(sh`true`, soon)).rejects.toMatchObject({
      code: 'HOST_AUTH_FAILED',
      fix: expect.stringContaining('understudy hosts change-access db1'),
    })
    secret.password = 'right'
    // It is not asked again for 15 s.
    await expect(own.door(host()).run(sh`true`, soon)).rejects.toMatchObject({ code: 'HOST_AUTH_FAILED' })
    const changed = own.door(host({ accessRevision: 2 }))
    expect((await changed.run(sh`echo here`, soon)).stdout).toBe('here\n')
    await expect(refused.run(sh`true`, soon)).rejects.toMatchObject({ code: 'HOST_CONNECTION_LOST' })
    expect(own.door(host())).toBe(changed)
    expect(own.door(host({ accessRevision: 2, user: 'ops' }))).not.toBe(changed)
    await own.close()
  })

  test('a secret that can’t be read is the door’s state, not a crash', async () => {
    const own = new DoorPool({
      readSecret: async () => {
        throw new AppError('SECRET_UNREADABLE', 'The secret can’t be opened.')
      },
      openSession: async () => Promise.reject(new Error('unused')),
      agentSocket: null,
    })
    await expect(own.door(host()).run(sh`true`, soon)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' })
    expect(own.door(host()).state()).toMatchObject({ state: 'failed', error: { code: 'SECRET_UNREADABLE' } })
    await own.close()
  })
})
