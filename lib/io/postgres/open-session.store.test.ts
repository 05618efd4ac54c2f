import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { Duplex, PassThrough } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { buildSocketBridge } from '@/lib/commands/socket-bridge'
import { AppError } from '@/lib/errors'
import { openSession } from '@/lib/io/postgres/open-session'
import type { DatabaseSession, DatabaseTarget } from '@/lib/ports/host-door'
import { query } from '@/test/harness/store-cluster'

let socketPath: string
let target: DatabaseTarget
const open: DatabaseSession[] = []

beforeAll(() => {
  const url = new URL(inject('storeCluster'))
  const directory = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  socketPath = `${directory}/.s.PGSQL.${url.port || '5432'}`
  target = {
    identity: { as: 'owner' },
    database: 'postgres',
    port: 5432,
    socketDirectory: directory,
    osUser: decodeURIComponent(url.username),
  }
})
afterEach(async () => {
  for (const session of open.splice(0)) await session.close()
})
afterAll(() => query(inject('storeCluster'), 'drop role if exists understudy_monitor'))

async function connect(over: Partial<DatabaseTarget> = {}, why: AppError | null = null) {
  const stream: Socket = createConnection(socketPath)
  await once(stream, 'connect')
  const session = await openSession({
    stream,
    whyEnded: async () => why,
    target: { ...target, ...over },
    hostLabel: 'db1 (192.0.2.1)',
  })
  open.push(session)
  return { session, stream }
}

test('a stream that has ended before the session begins is told at once, with why: its end is not waited for again', async () => {
  const down = new AppError('POSTGRES_DOWN', 'PostgreSQL on db1 does not accept connections on port 5432.')
  const stream = new PassThrough()
  stream.resume().end()
  await once(stream, 'end')
  const opening = openSession({ stream, whyEnded: async () => down, target, hostLabel: 'db1 (192.0.2.1)' })
  await expect(opening).rejects.toBe(down)
})

describe('a session', () => {
  test('asks with parameters, over a socket and over the bridge that hosts use', async () => {
    const { session } = await connect()
    expect(await session.query('SELECT $1::int + 1 AS next', [41])).toEqual([{ next: 42 }])
    const child = spawn('/bin/sh', ['-c', buildSocketBridge({ kind: 'unix', path: socketPath })], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const bridged = await openSession({
      stream: Duplex.from({ readable: child.stdout, writable: child.stdin }),
      whyEnded: async () => null,
      target,
      hostLabel: 'db1 (192.0.2.1)',
    })
    const ended = once(child, 'exit')
    const [row] = await bridged.query('SELECT repeat($1, 1000000) AS long', ['é'])
    expect(row?.long).toBe('é'.repeat(1_000_000))
    await bridged.close()
    expect(await ended).toEqual([0, null])
  })

  test('is understudy’s own, looks names up in pg_catalog only, and takes nothing from the environment', async () => {
    const { session } = await connect()
    const [row] = await session.query(
      `SELECT current_setting('application_name') AS name, current_setting('search_path') AS path`,
    )
    expect(row).toEqual({ name: 'understudy', path: 'pg_catalog' })
  })

  test('answers questions that are asked at once, each with its own answer', async () => {
    const { session } = await connect()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        session.query('SELECT $1::int AS n', [index], { timeoutMs: 1000 + (index % 3) }),
      ),
    )
    expect(answers.map(([row]) => row?.n)).toEqual([...Array(20).keys()])
  })
})

describe('errors', () => {
  test('a refused statement has its SQLSTATE and leaves the session usable', async () => {
    const { session } = await connect()
    await expect(session.query('SELECT nope')).rejects.toMatchObject({
      code: 'POSTGRES_QUERY_FAILED',
      message: 'PostgreSQL on db1 (192.0.2.1) refused a statement (SQLSTATE 42703).',
      detail: expect.stringContaining('"nope"'),
    })
    expect(session.isOpen()).toBe(true)
  })

  test('a syntax error quotes nothing: what stands there may be a secret', async () => {
    const { session } = await connect()
    const error = await session.query(`ALTER ROLE x PASSWORD SCRAM-SHA-256$secret`).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'POSTGRES_QUERY_FAILED', detail: 'SQLSTATE 42601' })
  })

  test('a slow statement times out on the server, and the session stays', async () => {
    const { session } = await connect()
    await expect(session.query('SELECT pg_sleep(20)', [], { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'POSTGRES_TIMED_OUT',
    })
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('a statement of another does not use up the time of the next', async () => {
    const { session } = await connect()
    const slow = session.query('SELECT pg_sleep(0.4)', [], { timeoutMs: 5000 })
    expect(await session.query('SELECT 1 AS one', [], { timeoutMs: 200 })).toEqual([{ one: 1 }])
    await slow
  })

  test('a role or database that isn’t there is told apart, and no session is left', async () => {
    await expect(connect({ osUser: 'nobody_like_it' })).rejects.toMatchObject({
      code: 'POSTGRES_AUTH_FAILED',
    })
    await expect(connect({ database: 'nowhere' })).rejects.toMatchObject({
      code: 'POSTGRES_QUERY_FAILED',
      detail: expect.stringContaining('3D000'),
    })
  })

  test('a session that the server ends is over: this statement, the next one, and isOpen say so', async () => {
    const { session } = await connect()
    const [row] = await session.query('SELECT pg_backend_pid() AS pid')
    const running = session.query('SELECT pg_sleep(20)')
    const failed = expect(running).rejects.toMatchObject({ code: 'POSTGRES_DOWN' })
    await query(inject('storeCluster'), `select pg_terminate_backend(${Number(row?.pid)})`)
    await failed
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'POSTGRES_DOWN' })
    expect(session.isOpen()).toBe(false)
  })

  test('a stream that breaks is what its transport says it is, else a session that broke off', async () => {
    const lost = new AppError('HOST_CONNECTION_LOST', 'The cable was cut.')
    const { session, stream } = await connect({}, lost)
    const running = session.query('SELECT pg_sleep(20)')
    const failed = expect(running).rejects.toBe(lost)
    stream.destroy()
    await failed
    await expect(session.query('SELECT 1')).rejects.toBe(lost)
    const other = await connect()
    const alone = expect(other.session.query('SELECT pg_sleep(20)')).rejects.toMatchObject({
      code: 'POSTGRES_DOWN',
    })
    other.stream.destroy()
    await alone
  })

  test('a closed session answers no more, and closing twice is nothing', async () => {
    const { session } = await connect()
    await session.close()
    await session.close()
    await expect(session.query('SELECT 1')).rejects.toBeInstanceOf(AppError)
  })
})
