import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { OperationId, OperationKind } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import type { Pair } from '@/lib/domain/pair'
import type { PairState } from '@/lib/domain/states'
import { startCreate } from '@/lib/services/create/start-create'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { root } from '@/test/repository/source-files'

const slug = 'ledger'
let lab: Lab
let dashboard: LabDashboard
afterEach(async () => {
  await dashboard?.close()
  await lab?.down()
})

/** Debian's profile, with a hook that fails until somebody has mended it, and a short patience with the application. */
const ownProfile = async () =>
  `${(await readFile(`${root}/lib/profiles/generic-debian.yaml`, 'utf8')).replace(/checkTimeoutSeconds: \d+/, 'checkTimeoutSeconds: 4')}
hooks:
  promoted:
    - { id: announce, title: Announce the new primary, command: test -e /run/mended, timeoutSeconds: 5 }
`

const findPair = async (): Promise<Pair> => {
  const pair = await dashboard.wiring.store.pairs.findBySlug(slug)
  if (!pair) throw new Error('there is no pair')
  return pair
}
const untilState = (state: PairState) =>
  awaitFact(
    state,
    async () =>
      (await dashboard.wiring.store.observations.latest((await findPair()).id))?.verdict.state === state,
    { timeoutMs: 40_000 },
  )
const ended = async (id: OperationId) => {
  const events = await dashboard.until(id, (_, state) => !isInFlight(state))
  return events.at(-1)?.event
}
const operationOf = async (kind: OperationKind) =>
  (await dashboard.wiring.store.operations.listOfPair((await findPair()).id, 5)).find(
    (operation) => operation.kind === kind,
  ) ?? null

/** A promotion with the primary dead that stands as failed; the standby serves. */
async function standingPromotion(given: {
  fenceReturned: 'ask' | 'automatic'
  break?: string
}): Promise<OperationId> {
  lab = await startLab()
  dashboard = await LabDashboard.open({ 'generic-debian.yaml': await ownProfile() })
  await dashboard.startWorker()
  const [primary, standby] = [
    await dashboard.registerHost(lab.host(0)),
    await dashboard.registerHost(lab.host(1)),
  ]
  const created = await startCreate(dashboard.verbs, {
    slug,
    profileId: 'generic-debian',
    hosts: { primary: primary.id, standby: standby.id },
    scope: { database: true, files: false },
    settings: { walKeepSegments: 32, fenceReturned: given.fenceReturned, directories: [] },
    acknowledgement: standby.name,
    reason: 'A standby is wanted.',
    idempotencyKey: crypto.randomUUID(),
  })
  expect(await ended(created.operationId)).toEqual({ type: 'operation.succeeded' })
  await untilState('protected')
  await lab.host(1).exec(given.break ?? 'true')
  await lab.host(0).kill()
  await untilState('no-primary')
  const { plan } = await planPairOperation(dashboard.verbs, { slug, operation: 'promote' })
  const { operationId } = await startPairOperation(dashboard.verbs, {
    operation: 'promote',
    slug,
    acknowledgement: plan.acknowledgement,
    reason: 'The primary is lost.',
    idempotencyKey: crypto.randomUUID(),
  })
  expect(await ended(operationId)).toMatchObject({ type: 'operation.failed' })
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('f')
  return operationId
}

/** One writable primary, nobody holds a host, and the promotion's record and transcript say how it ended. */
async function expectFenced(promotion: OperationId): Promise<void> {
  const { operations } = dashboard.wiring.store
  expect((await lab.host(0).tryExec('pg_isready -q')).exitCode).toBe(2)
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('f')
  expect((await findPair()).formerPrimary).toBe('fenced')
  expect(await operations.find(promotion)).toMatchObject({ state: 'closed' })
  expect((await operations.events(promotion)).at(-1)?.event).toMatchObject({
    type: 'operation.closed',
    why: 'The former primary had to be fenced.',
  })
  for (const host of lab.hosts)
    expect((await host.tryExec('cat /var/lib/understudy/operation.lock')).stdout).toBe('')
  await awaitFact('the end of the promotion on the host', async () =>
    /had to be fenced/.test(await lab.host(1).exec('cat /var/log/ledger/warm_standby.log')),
  )
}

describe('while a promotion stands as failed, its former primary comes back writable', () => {
  test('it is fenced by a click, which says what the promotion leaves undone, and closes it', async () => {
    const promotion = await standingPromotion({ fenceReturned: 'ask' })
    await lab.host(0).boot()
    await untilState('two-primaries')
    const { plan, checks, shown } = await planPairOperation(dashboard.verbs, { slug, operation: 'fence' })
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect(plan.warnings.join(' ')).toContain(
      'The promotion, which stands as failed, is closed when this begins. What it has not seen done is then yours: Hook: Announce the new primary',
    )
    const { operationId } = await startPairOperation(dashboard.verbs, {
      operation: 'fence',
      slug,
      reason: 'It is back.',
      idempotencyKey: crypto.randomUUID(),
      shown,
    })
    expect(await ended(operationId)).toEqual({ type: 'operation.succeeded' })
    // Nobody else may begin anything on the new primary meanwhile.
    expect(
      (await dashboard.wiring.store.operations.events(operationId)).map(({ event }) => event),
    ).toContainEqual(expect.objectContaining({ sentence: expect.stringMatching(/^Holds \S+ and \S+\.$/) }))
    await expectFenced(promotion)
  })

  test('it is fenced by itself where the pair is set so: at a failing health check too', async () => {
    const promotion = await standingPromotion({
      fenceReturned: 'automatic',
      break: 'printf "#!/bin/sh\\nexit 1\\n" > /srv/ledger/bin/check',
    })
    expect((await dashboard.wiring.store.operations.events(promotion)).at(-1)?.event).toMatchObject({
      error: { message: expect.stringContaining('its check says that it is not healthy') },
    })
    await lab.host(0).boot()
    const fence = await awaitFact('a fence', () => operationOf('fence'), { timeoutMs: 40_000 })
    expect(fence.startedBy).toBe('Understudy')
    expect(await ended(fence.id)).toEqual({ type: 'operation.succeeded' })
    await expectFenced(promotion)
  })
})
