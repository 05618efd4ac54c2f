import { randomBytes, randomUUID } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Pair } from '@/lib/domain/pair'
import type { ServiceContext } from '@/lib/services/context'
import { downloadLog } from '@/lib/services/logs/download-log'
import { listDirectoryRuns } from '@/lib/services/logs/list-directory-runs'
import { listLogFiles } from '@/lib/services/logs/list-log-files'
import { readLog } from '@/lib/services/logs/read-log'
import { systemClock } from '@/lib/time'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import { createTestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair, newOperation } from '@/test/harness/store-fixtures'

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

test('lists and logs of packages can be read once an operation has brought some, and only of the kinds that it brought', async () => {
  const profiles = new Map(
    [...viewer.profiles].map(([id, profile]) => {
      const pip = { command: 'python3 -m pip', user: false, wheelDirectory: null }
      return [id, { ...profile, packages: { system: true, pip } }]
    }),
  )
  const asViewer: ServiceContext = { ...viewer, profiles }
  const scope = { database: true, files: true, packages: true }
  const other = await insertPair(at.store, { scope })
  const { slug } = other
  const idsOf = async () => (await listLogFiles(asViewer, { slug })).map(({ id }) => id)
  expect(await idsOf()).toEqual(['warm-standby'])
  const steps = ['deb', 'pip'].map((kind) =>
    plannedStep(`${kind}-package-list`, { host: 'standby', log: `rsync_${kind}_req.log` }),
  )
  await at.store.operations.insert(
    newOperation(other, { plan: planOf(steps, { operationId: randomUUID(), hosts: other.hosts }) }),
  )
  expect(await idsOf()).toEqual([
    'warm-standby',
    'rsync_deb_req',
    'rsync_pip_req',
    'deb_packages_primary',
    'pip_packages_primary',
  ])
  writeFileSync(join(folder, 'pip_packages_primary.txt'), 'flask==3.0\n')
  expect(await readLog(asViewer, { slug, log: 'pip_packages_primary' })).toMatchObject({
    path: `${folder}/pip_packages_primary.txt`,
    text: 'flask==3.0\n',
  })
  await expect(readLog(viewer, { slug: pair.slug, log: 'pip_packages_primary' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})

test('a log is read in pieces, and followed from where the last one ended', async () => {
  const ask = { slug: pair.slug, log: 'vault' }
  const first = await readLog(viewer, { ...ask, offset: '0', limit: '11' })
  expect(first).toEqual({
    file: expect.stringMatching(/^\d+:\d+$/),
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

async function joined(pieces: AsyncGenerator<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

test('a log is downloaded byte for byte, in pieces, also bytes that are no text', async () => {
  const path = join(folder, 'rsync_vault.log')
  const before = readFileSync(path)
  const large = Buffer.concat([Buffer.from([0xff, 0x00, 0x0a]), randomBytes(2_500_000)])
  writeFileSync(path, large)
  const download = await downloadLog(viewer, { slug: pair.slug, log: 'vault' })
  expect(download).toMatchObject({
    sizeBytes: large.length,
    fileName: expect.stringMatching(/-rsync_vault\.log$/),
  })
  // What is written meanwhile is not part of it, and a rotation does not disturb it.
  appendFileSync(path, 'written later\n')
  renameSync(path, `${path}.1`)
  writeFileSync(path, 'a new file\n')
  expect((await joined(download.pieces)).equals(large)).toBe(true)
  rmSync(`${path}.1`)
  writeFileSync(path, before)
})

test('a log that is emptied while it is downloaded breaks the download off; nothing else is put in its place', async () => {
  const path = join(folder, 'rsync_vault.log')
  const before = readFileSync(path)
  writeFileSync(path, randomBytes(2_500_000))
  const { pieces } = await downloadLog(viewer, { slug: pair.slug, log: 'vault' })
  expect((await pieces.next()).value).toHaveLength(1_048_576)
  writeFileSync(path, before)
  await expect(joined(pieces)).rejects.toMatchObject({ code: 'CONFLICT' })
})

test.each(['secret.txt', '../etc/passwd', '..', 'rsync_vault.log'])(
  '“%s” is no log of the pair and is never read',
  async (log) => {
    const ask = { slug: pair.slug, log }
    await expect(readLog(viewer, ask)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(downloadLog(viewer, ask)).rejects.toMatchObject({ code: 'NOT_FOUND' })
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
