import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrateStore } from '@/lib/io/store/migrate'
import { startEmbeddedPostgres } from '@/lib/runtime/embedded-postgres/embedded-postgres'
import { findPostmaster } from '@/lib/runtime/embedded-postgres/postmaster'
import { embeddedConnectionString } from '@/lib/runtime/embedded-postgres/socket-directory'

declare module 'vitest' {
  interface ProvidedContext {
    /** libpq URL of the run's cluster; its database `store_template` is migrated and never connected to. */
    storeCluster: string
  }
}

export const templateDatabase = 'store_template'
const prefix = `understudy-test-store-${process.getuid?.()}-`

/** One cluster without fsync for a vitest run; what an aborted run left behind is ended first. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await sweep()
  const directory = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  const server = await startEmbeddedPostgres({
    dataDirectory: directory,
    say: () => undefined,
    settings: ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'],
  })
  await query(server.connectionString, `create database ${templateDatabase}`)
  await migrateStore(embeddedConnectionString(directory, templateDatabase))
  project.provide('storeCluster', server.connectionString)
  return async () => {
    await server.stop(500)
    await rm(directory, { recursive: true, force: true })
  }
}

/** Runs one statement on a connection of its own. */
export async function query(connectionString: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** A name for a database of one test file. */
export const freshDatabaseName = (): string => `test_${randomBytes(6).toString('hex')}`

async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (await isVitest(pid)) continue
    const directory = join(tmpdir(), name)
    const left = await findPostmaster(join(directory, 'postgres', 'data'))
    if (left) process.kill(left.pid, 'SIGQUIT')
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

async function isVitest(pid: number): Promise<boolean> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').then(
    (text) => text.includes('vitest'),
    () => false,
  )
}
