import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '@/lib/runtime/embedded-postgres/embedded-postgres'
import { findPostmaster, listClusterProcesses } from '@/lib/runtime/embedded-postgres/postmaster'
import { socketDirectoryOf } from '@/lib/runtime/embedded-postgres/socket-directory'
import { query } from '@/test/harness/store-cluster'

let dataDirectory = ''
let server: EmbeddedPostgres | null = null
const cluster = () => join(dataDirectory, 'postgres', 'data')
const start = async () => {
  server = await startEmbeddedPostgres({ dataDirectory, say: () => undefined })
  return server
}

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'understudy-embedded-'))
})
afterEach(async () => {
  await server?.stop()
  server = null
})
afterAll(async () => {
  await rm(dataDirectory, { recursive: true, force: true })
})

const kill = (pids: readonly number[]) => {
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL')
    } catch {}
}

test('a new cluster is durable and private: fsync, checksums, no TCP port, nobody else at its socket', async () => {
  const { connectionString, pid } = await start()
  const settings = await query(
    connectionString,
    `select name, setting from pg_settings
     where name in ('fsync', 'data_checksums', 'listen_addresses', 'full_page_writes', 'synchronous_commit') order by name`,
  )
  expect(settings).toEqual([
    { name: 'data_checksums', setting: 'on' },
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'listen_addresses', setting: '' },
    { name: 'synchronous_commit', setting: 'on' },
  ])
  for (const directory of [socketDirectoryOf(dataDirectory), join(dataDirectory, 'postgres'), cluster()])
    expect((await stat(directory)).mode & 0o077, directory).toBe(0)
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0')
})

test('a fast stop ends every process of it within 3 s, with clients connected', async () => {
  const { connectionString, stop } = await start()
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  const since = performance.now()
  await stop()
  expect(performance.now() - since).toBeLessThan(3_000)
  expect(await listClusterProcesses(cluster())).toEqual([])
})

test('killed in the middle of writing, ten times, it loses nothing that was acknowledged', async () => {
  await query(
    (await start()).connectionString,
    'create table if not exists acknowledged (number int primary key)',
  )
  let acknowledged = 0
  for (let round = 1; round <= 10; round += 1) {
    const { connectionString, pid } = server ?? (await start())
    const clients = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client({ connectionString })
        client.on('error', () => undefined)
        await client.connect()
        return client
      }),
    )
    const written: number[] = []
    let next = acknowledged
    const write = async (client: pg.Client) => {
      for (;;) {
        next += 1
        const number = next
        await client.query('insert into acknowledged values ($1)', [number])
        written.push(number)
      }
    }
    const writers = clients.map((client) => write(client).catch(() => undefined))
    while (written.length < 40) await new Promise((resolve) => setImmediate(resolve))
    // In odd rounds the postmaster alone, in even ones all of its processes at once.
    kill(round % 2 === 1 ? [pid] : [pid, ...(await listClusterProcesses(cluster()))])
    await Promise.all(writers)
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
    const restarted = await start()
    const rows = await query(restarted.connectionString, 'select number from acknowledged')
    const kept = new Set(rows.map((row) => (row as { number: number }).number))
    expect(
      written.filter((number) => !kept.has(number)),
      `round ${round}`,
    ).toEqual([])
    acknowledged = next
  }
}, 300_000)

test('the server of a start that was killed is taken over, with its connections alive', async () => {
  const first = await start()
  const client = new pg.Client({ connectionString: first.connectionString })
  await client.connect()
  const second = await start()
  expect(second).toMatchObject({ attached: true, pid: first.pid })
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await client.end()
  await second.stop()
  await expect(first.ended).resolves.toBeUndefined()
})

test('a server that is about to end is waited for, said so, and followed by a new one', async () => {
  const first = await start()
  const client = new pg.Client({ connectionString: first.connectionString })
  await client.connect()
  // A smart shutdown waits for its clients.
  process.kill(first.pid, 'SIGTERM')
  await vi.waitFor(async () => expect(await findPostmaster(cluster())).toMatchObject({ status: 'stopping' }))
  const said: string[] = []
  const say = (line: string) => {
    said.push(line)
    client.end().catch(() => undefined)
  }
  server = await startEmbeddedPostgres({ dataDirectory, say })
  expect(said).toEqual(['The database of the last start is still stopping; waiting for it …'])
  expect(server).toMatchObject({ attached: false })
  expect(server.pid).not.toBe(first.pid)
  expect(await query(server.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a start that is asked to stop while the server recovers ends it within 5 s, and the next start has everything', async () => {
  await query((await start()).connectionString, 'create table before_stop as select 1 as one')
  await server?.stop()
  // It asks for WAL by a command that never answers, before it would be ready.
  await writeFile(join(cluster(), 'recovery.signal'), '')
  const aborted = new AbortController()
  const starting = startEmbeddedPostgres({
    dataDirectory,
    say: () => undefined,
    signal: aborted.signal,
    settings: ['restore_command=sleep 600'],
  })
  await vi.waitFor(async () => expect(await findPostmaster(cluster())).toMatchObject({ status: 'starting' }))
  const since = performance.now()
  aborted.abort()
  await expect(starting).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(performance.now() - since).toBeLessThan(5_000)
  expect(await findPostmaster(cluster())).toBeNull()
  await rm(join(cluster(), 'recovery.signal'))
  expect(await query((await start()).connectionString, 'select one from before_stop')).toEqual([{ one: 1 }])
})

test('a pid file left by a crash of the machine, whose number is another process’s now, does not keep it from starting', async () => {
  await (await start()).stop()
  const other = spawn('sleep', ['60'])
  await once(other, 'spawn')
  await writeFile(
    join(cluster(), 'postmaster.pid'),
    `${other.pid}\n${cluster()}\n1\n5432\n${socketDirectoryOf(dataDirectory)}\n\n1 1\nready   \n`,
  )
  const started = await start()
  expect(started).toMatchObject({ attached: false })
  expect(started.pid).not.toBe(other.pid)
  expect(other.exitCode).toBeNull()
  other.kill()
})

test('a creation that was killed leaves nothing that counts as a cluster, and the next start makes one', async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'understudy-embedded-'))
  const aborted = new AbortController()
  const creating = startEmbeddedPostgres({
    dataDirectory: fresh,
    say: () => undefined,
    signal: aborted.signal,
  })
  const home = join(fresh, 'postgres')
  while (!existsSync(home) || !(await readdir(home)).some((name) => name.startsWith('new-')))
    await new Promise((resolve) => setTimeout(resolve, 5))
  aborted.abort()
  await expect(creating).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(existsSync(join(home, 'data'))).toBe(false)
  await mkdir(join(home, 'new-left-by-a-kill'))
  const started = await startEmbeddedPostgres({ dataDirectory: fresh, say: () => undefined })
  expect(await query(started.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  expect((await readdir(home)).filter((name) => name.startsWith('new-'))).toEqual([])
  await started.stop()
  await rm(fresh, { recursive: true })
})

test('a data directory with a path too long for a socket works all the same', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'understudy-embedded-'))
  await chmod(parent, 0o711)
  const deep = join(parent, 'a'.repeat(60), 'b'.repeat(60))
  const started = await startEmbeddedPostgres({ dataDirectory: deep, say: () => undefined })
  expect(Buffer.byteLength(socketDirectoryOf(deep))).toBeLessThan(90)
  expect(await query(started.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
  await started.stop()
  await rm(socketDirectoryOf(deep), { recursive: true })
  await rm(parent, { recursive: true })
})

test('as root, a data directory that the server’s own user can’t reach is refused before anything is made', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'understudy-embedded-'))
  const isRoot = process.getuid?.() === 0
  const home = join(parent, 'data')
  const tried = startEmbeddedPostgres({ dataDirectory: home, say: () => undefined })
  if (isRoot) {
    await expect(tried).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
    expect(await readdir(home)).toEqual([])
  } else await (await tried).stop()
  await rm(parent, { recursive: true })
})

test('a store made by another major version is refused, and left as it is', async () => {
  await (await start()).stop()
  const path = join(cluster(), 'PG_VERSION')
  const version = await readFile(path, 'utf8')
  await writeFile(path, '17\n')
  await expect(start()).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
  await writeFile(path, version)
  await expect(start()).resolves.toBeDefined()
})
