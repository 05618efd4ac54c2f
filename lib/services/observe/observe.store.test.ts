import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pairOperationKinds } from '@/lib/domain/pair-operations'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { findReplication } from '@/lib/services/observe/find-replication'
import { lookAgain } from '@/lib/services/observe/look-again'
import { observePair } from '@/lib/services/observe/observe-pair'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { readPair } from '@/lib/services/pairs/read-pair'
import { removePair } from '@/lib/services/pairs/remove-pair'
import { systemClock } from '@/lib/time'
import { aFound, aFoundReplication, anAdoption } from '@/test/harness/adoption'
import { someOptions } from '@/test/harness/pair-options'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { anObservation, aVerdict, insertPair, newHost, newOperation } from '@/test/harness/store-fixtures'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())
beforeEach(() => {
  web.found = aFoundReplication
})

const administrator = () => web.as('administrator')
let count = 0
/** Two hosts that replicate, and what observing them is given. */
async function twoHosts() {
  count += 1
  const [primary, standby] = [await at.store.hosts.insert(newHost()), await at.store.hosts.insert(newHost())]
  const hosts = { primary: primary.id, standby: standby.id }
  return { slug: `observed-${count}`, profileId: 'generic-debian', hosts }
}
const failing: PreflightCheck = {
  id: 'roles-found',
  title: 'Which is the primary',
  host: 'both',
  outcome: 'fail',
  evidence: 'Both accept writes.',
  fix: 'Create the standby instead.',
  canOverride: false,
}
const observed = async () => {
  const given = await twoHosts()
  await observePair(administrator(), given)
  return given
}
const kept = async (slug: string) => (await readPair(web.as('viewer'), { slug })).pair
const start = () => ({ reason: 'It is wanted.', idempotencyKey: randomUUID() })

describe('observing a pair', () => {
  test('shows what was found before anything is kept', async () => {
    const { profileId, hosts } = await twoHosts()
    expect(await findReplication(administrator(), { profileId, hosts })).toEqual(aFoundReplication)
    expect((await at.store.pairs.list()).filter((pair) => pair.hosts.primary === hosts.primary)).toEqual([])
  })

  test('keeps it as it is, with what was found, of which nothing is taken', async () => {
    const { slug, hosts } = await observed()
    const { scope, settings, pieces } = aFoundReplication.proposal
    expect(await kept(slug)).toMatchObject({
      ...{ isPaired: true, formerPrimary: 'none', hosts, scope, settings },
      adoption: { by: 'administrator@example.org', pieces, taken: [], without: [], found: aFound },
    })
  })

  test('leaves out a directory that is no part of it; without any there are no files to take over', async () => {
    const given = await twoHosts()
    await observePair(administrator(), { ...given, without: ['vault'] })
    expect(await kept(given.slug)).toMatchObject({
      scope: { files: false },
      settings: { directories: [] },
      adoption: { without: ['vault'], pieces: ['replication', 'application', 'kit'] },
    })
    await expect(
      observePair(administrator(), { ...(await twoHosts()), without: ['reports'] }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', fix: 'There are: vault.' })
  })

  test('is refused where a check fails, and keeps nothing', async () => {
    web.found = { ...aFoundReplication, checks: [failing] }
    const given = await twoHosts()
    await expect(observePair(administrator(), given)).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
      message: expect.stringContaining('Both accept writes.'),
      fix: 'Create the standby instead.',
    })
    expect(await at.store.pairs.findBySlug(given.slug)).toBeNull()
  })

  test('is refused where a host is in a pair, or an operation makes one of that name', async () => {
    const given = await observed()
    await expect(observePair(administrator(), { ...given, slug: 'another' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    const making = await insertPair(at.store)
    await at.store.operations.insert(newOperation(making))
    const { slug, hosts } = making
    await expect(
      observePair(administrator(), { slug, profileId: 'generic-debian', hosts }),
    ).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  })

  test('takes the name of a pair that is none any more', async () => {
    const { slug, hosts, id } = await insertPair(at.store)
    await observePair(administrator(), { slug, profileId: 'generic-debian', hosts })
    expect(await at.store.pairs.find(id)).toMatchObject({ isPaired: true, adoption: { taken: [] } })
  })

  test('closes what would change its hosts, and leaves forgetting it', async () => {
    const { slug } = await observed()
    const { id } = await kept(slug)
    const observation = { ...anObservation, at: new Date().toISOString() }
    await at.store.observations.put({
      pairId: id,
      observation,
      verdict: { ...aVerdict, state: 'degraded', readyForFailover: { ready: true } },
    })
    const closed = pairOperationKinds.filter((kind) => kind !== 'adopt' && kind !== 'unpair')
    for (const operation of closed)
      await expect(
        startPairOperation(administrator(), {
          ...{ slug, operation, ...start() },
          options: someOptions[operation],
        }),
        operation,
      ).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
    await removePair(administrator(), { slug })
    expect(await at.store.pairs.find(id)).toBeNull()
  })
})

describe('looking again at an observed pair', () => {
  test('keeps what is there now, and leaves out what was left out', async () => {
    const given = await twoHosts()
    await observePair(administrator(), { ...given, without: ['vault'] })
    web.found = { ...aFoundReplication, found: { ...aFound, maker: 'repmgr' } }
    await lookAgain(administrator(), { slug: given.slug })
    expect(await kept(given.slug)).toMatchObject({
      settings: { directories: [] },
      adoption: { found: { maker: 'repmgr' }, without: ['vault'] },
    })
    await lookAgain(administrator(), { slug: given.slug, without: [] })
    expect(await kept(given.slug)).toMatchObject({
      settings: { directories: [{ id: 'vault' }] },
      adoption: { without: [], pieces: expect.arrayContaining(['files']) },
    })
  })

  test('changes nothing of what is taken over, nor the settings of a pair of which something is', async () => {
    const given = await observed()
    const pair = await kept(given.slug)
    await at.store.pairs.update(pair.id, { adoption: anAdoption({ taken: ['replication'] }) })
    web.found = {
      ...aFoundReplication,
      found: { ...aFound, maker: 'hand', stream: null },
      proposal: { ...aFoundReplication.proposal, settings: { walKeepSegments: 1, directories: [] } },
    }
    await lookAgain(administrator(), { slug: given.slug })
    expect(await kept(given.slug)).toMatchObject({
      settings: pair.settings,
      adoption: { taken: ['replication'], found: { maker: aFound.maker, stream: aFound.stream } },
    })
  })

  test('is refused of a pair of our own, and under an operation', async () => {
    const own = await insertPair(at.store, { isPaired: true })
    await expect(lookAgain(administrator(), { slug: own.slug })).rejects.toMatchObject({
      code: 'PRECONDITION_FAILED',
    })
    const { slug } = await observed()
    await at.store.operations.insert(newOperation(await kept(slug), { kind: 'adopt' }))
    await expect(lookAgain(administrator(), { slug })).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  })
})
