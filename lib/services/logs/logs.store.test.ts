import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Pair } from '@/lib/domain/pair'
import type { ServiceContext } from '@/lib/services/context'
import { listDirectoryRuns } from '@/lib/services/logs/list-directory-runs'
import { listLogFiles } from '@/lib/services/logs/list-log-files'
import { readLog } from '@/lib/services/logs/read-log'
import { systemClock } from '@/lib/time'
import { createTestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair } from '@/test/harness/store-fixtures'

let at: TestStore
let viewer: ServiceContext
let pair: Pair
let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-logs-'))
  at = await createTestStore()
  const { as, ground } = await createTestGround(at.store, systemClock)
  const profiles = new Map(
    [...ground.profiles].map(([id, profile]) => [id, { ...profile, logDirectory: folder }]),
  )
  viewer = { ...as('viewer'), profiles }
  const vault = {
    id: 'vault',
    title: 'Vault',
    path: '/srv/vault',
    log: 'rsync_vault.log',
    schedule: '* * * * *',
  }
  pair = await insertPair(at.store, { settings: { walKeepSegments: 32, directories: [vault] } })
  writeFileSync(join(folder, 'rsync_vault.log'), 'first line\nsecond line é\n')
  writeFileSync(join(folder, 'secret.txt'), 'not a log of the pair')
})
afterAll(async () => {
  await at.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a pair’s logs are the transcript and one for each directory, by the profile’s names', async () => {
  expect(await listLogFiles(viewer, { slug: pair.slug })).toEqual([
    { id: 'warm-standby', title: 'Setup and command output', path: `${folder}/warm_standby.log` },
    { id: 'vault', title: 'Vault', path: `${folder}/rsync_vault.log` },
  ])
})

test('a log is read in pieces, and followed from where the last one ended', async () => {
  const ask = { slug: pair.slug, log: 'vault' }
  const first = await readLog(viewer, { ...ask, offset: '0', limit: '11' })
  expect(first).toEqual({
    path: `${folder}/rsync_vault.log`,
    sizeBytes: 26,
    text: 'first line\n',
    offset: 0,
    nextOffset: 11,
  })
  const rest = await readLog(viewer, { ...ask, offset: first.nextOffset })
  expect(rest.text).toBe('second line é\n')
  const nothing = await readLog(viewer, { ...ask, offset: rest.nextOffset })
  expect(nothing).toMatchObject({ text: '', nextOffset: 26 })
  expect((await readLog(viewer, { ...ask, limit: 5 })).text).toBe('e é\n')
})

test.each(['secret.txt', '../etc/passwd', '..', 'rsync_vault.log'])(
  '“%s” is no log of the pair and is never read',
  async (log) => {
    await expect(readLog(viewer, { slug: pair.slug, log })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  },
)

test('a log that was never written is said to be so', async () => {
  await expect(readLog(viewer, { slug: pair.slug, log: 'warm-standby' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('warm_standby.log'),
  })
})

test('more than a mebibyte at once is refused', async () => {
  await expect(readLog(viewer, { slug: pair.slug, log: 'vault', limit: 2_000_000 })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

test('a directory that has not run yet has no runs; one that is not the pair’s is not looked for', async () => {
  expect(await listDirectoryRuns(viewer, { slug: pair.slug, directory: 'vault' })).toEqual([])
  await expect(listDirectoryRuns(viewer, { slug: pair.slug, directory: 'etc' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})
