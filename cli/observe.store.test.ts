import { afterAll, beforeAll, expect, test } from 'vitest'
import { foundText, observedText } from '@/cli/found-text'
import { aFound, aFoundReplication, anAdoption } from '@/test/harness/adoption'
import { type TestCli, testCli } from '@/test/harness/run-cli'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { insertPair, newHost } from '@/test/harness/store-fixtures'

let at: TestStore
let cli: TestCli
beforeAll(async () => {
  at = await createTestStore()
  cli = await testCli(at.connectionString)
})
afterAll(async () => {
  cli.remove()
  await at.close()
})

test('what is found is printed with what it was seen by, the checks, and the pair that it would be', () => {
  const text = foundText({
    ...aFoundReplication,
    checks: [
      {
        ...{ id: 'made-by', title: 'Who made it', host: 'both', outcome: 'warn', canOverride: false },
        ...{ evidence: 'Made by repmgr.', fix: 'Only looking is safe beside it.' },
      },
    ],
  })
  expect(text).toContain('Made: Made by pg_basebackup -R.\n      b: standby.signal is there and empty')
  expect(text).toContain('WARN  Who made it: Made by repmgr.\n      → Only looking is safe beside it.')
  expect(text).toContain('vault: /srv/ledger/vault, */5 * * * *')
  expect(text).toContain('WAL kept: 32 segments, no slot')
})

test('of an observed pair only what is left to be taken over is printed', () => {
  expect(observedText(anAdoption())).toContain('Made by pg_basebackup -R.')
  expect(observedText(anAdoption({ taken: ['replication'], found: aFound }))).toBe('')
})

test('hosts that do not answer are told as such, and nothing is kept', async () => {
  await at.store.hosts.insert(newHost({ name: 'db1', address: '127.0.0.1', port: 1 }))
  await at.store.hosts.insert(newHost({ name: 'db2', address: '127.0.0.1', port: 2 }))
  const hosts = ['--primary', 'db1', '--standby', 'db2', '--profile', 'generic-debian']
  const observed = await cli.run(['observe', 'ledger', ...hosts, '--yes'])
  expect(observed).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('FAIL') })
  expect(await at.store.pairs.findBySlug('ledger')).toBeNull()
})

test('what is not said of the hosts is a wrong usage that names it', async () => {
  expect(await cli.run(['observe', 'x', '--primary', 'db1', '--standby', 'db2'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('what the profile is'),
  })
  expect(await cli.run(['observe', '--again'])).toMatchObject({ exitCode: 2 })
})

test('an observed pair is forgotten, one of our own is not', async () => {
  await insertPair(at.store, { slug: 'seen', isPaired: true, adoption: anAdoption() })
  await insertPair(at.store, { slug: 'own', isPaired: true })
  expect(await cli.run(['pairs', 'forget', 'own', '--yes'])).toMatchObject({ exitCode: 1 })
  expect(await cli.run(['pairs', 'forget', 'seen', '--yes'])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('Nothing on its hosts was changed.'),
  })
  expect(await at.store.pairs.findBySlug('seen')).toBeNull()
  expect(await at.store.pairs.findBySlug('own')).not.toBeNull()
})

test('a piece that there is not is a wrong usage', async () => {
  const refused = await cli.run(['adopt', '--pair', 'own', '--yes', '--reason', 'x', '--piece', 'nothing'])
  expect(refused).toMatchObject({ exitCode: 2 })
})
