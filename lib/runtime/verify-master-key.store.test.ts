import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import { parseEnvironment } from '@/lib/runtime/environment'
import { verifyMasterKey } from '@/lib/runtime/verify-master-key'
import { createWiring, type Wiring } from '@/lib/runtime/wiring'
import { createTestDatabase } from '@/test/harness/store'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A process of the dashboard on this database; with a master key of its own unless it is given a file. */
async function openProcess(databaseUrl: string, masterKeyFile?: string): Promise<Wiring> {
  const directory = await mkdtemp(join(tmpdir(), 'understudy-key-'))
  const variables = {
    DATABASE_URL: databaseUrl,
    UNDERSTUDY_DATA_DIR: directory,
    ...(masterKeyFile ? { UNDERSTUDY_MASTER_KEY_FILE: masterKeyFile } : {}),
  }
  const environment = await ensureDataDirectory(parseEnvironment(variables, { isRoot: false }))
  const wiring = await createWiring(environment, 'launcher')
  opened.push(
    () => rm(directory, { recursive: true }),
    () => wiring.close(),
  )
  return wiring
}

test('a second dashboard with another master key is refused, with the file and what to do', async () => {
  const databaseUrl = await createTestDatabase()
  const first = await openProcess(databaseUrl)
  await verifyMasterKey(first)
  await verifyMasterKey(first)
  const second = await openProcess(databaseUrl)
  await expect(verifyMasterKey(second)).rejects.toMatchObject({
    code: 'SECRET_UNREADABLE',
    message: `This store belongs to a dashboard with another master key than ${second.environment.masterKeyFile}.`,
    fix: expect.stringMatching(/^Copy that dashboard’s master key file here/),
  })
  await verifyMasterKey(await openProcess(databaseUrl, first.environment.masterKeyFile))
})

test('of several that start at once on a new store with keys of their own, one is accepted', async () => {
  const databaseUrl = await createTestDatabase()
  const all = await Promise.all([1, 2, 3].map(() => openProcess(databaseUrl)))
  const verified = await Promise.allSettled(all.map(verifyMasterKey))
  expect(verified.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
})

test('a store that is away is no reason to doubt the key', async () => {
  const wiring = await openProcess('postgresql://nobody@127.0.0.1:1/none')
  await expect(verifyMasterKey(wiring)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
