import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { findPostmaster, listClusterProcesses } from '@/lib/runtime/embedded-postgres/postmaster'
import { embeddedConnectionString } from '@/lib/runtime/embedded-postgres/socket-directory'
import { superviseDatabase } from '@/lib/runtime/launcher/database'
import { query } from '@/test/harness/store-cluster'

let dataDirectory = ''
let said: string[] = []
const cluster = () => join(dataDirectory, 'postgres', 'data')
const supervise = () =>
  superviseDatabase(dataDirectory, {
    say: (line) => said.push(line),
    signal: new AbortController().signal,
  })

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'understudy-database-'))
})
afterAll(async () => {
  await rm(dataDirectory, { recursive: true, force: true })
})

test('asked to stop while the server that died is recovering, it ends it within 5 s and says nothing of a failure', async () => {
  const database = await supervise()
  // What its recovery needs is asked for by a command that never answers.
  await query(embeddedConnectionString(dataDirectory), "alter system set restore_command = 'sleep 600'")
  await writeFile(join(cluster(), 'recovery.signal'), '')
  process.kill((await findPostmaster(cluster()))?.pid ?? 0, 'SIGKILL')
  await vi.waitFor(
    async () => expect(await findPostmaster(cluster())).toMatchObject({ status: 'starting' }),
    { timeout: 20_000 },
  )
  const since = performance.now()
  await database.stop(1_500)
  expect(performance.now() - since).toBeLessThan(5_000)
  expect(said).toEqual(['The database has ended by itself; starting it again.'])
  await rm(join(cluster(), 'recovery.signal'))
  // Its logger ends a moment after it.
  await vi.waitFor(async () => expect(await listClusterProcesses(cluster())).toEqual([]))
})

test('a server that cannot be started again is told with what to do, and tried until it can', async () => {
  const database = await supervise()
  said = []
  const path = join(cluster(), 'PG_VERSION')
  const version = await readFile(path, 'utf8')
  await writeFile(path, '17\n')
  process.kill((await findPostmaster(cluster()))?.pid ?? 0, 'SIGKILL')
  await vi.waitFor(
    () => expect(said).toContainEqual(expect.stringMatching(/^The database does not start: The store in /)),
    {
      timeout: 20_000,
    },
  )
  await writeFile(path, version)
  await vi.waitFor(() => expect(said).toContain('The database runs again.'), { timeout: 30_000 })
  await database.stop(1_500)
})
