import { expect, test } from 'vitest'
import { applicationCheck } from '@/lib/operations/preflight/application-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { promotePreflight } from '@/lib/operations/preflight/promote-preflight'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import { hostFactsOf, profileOf, serverFacts } from '@/test/harness/operation-facts'

const profile = profileOf()
const why = { code: 'POSTGRES_DOWN', message: 'It does not run.', fix: 'Start it.' }

/** A standby whose systemd does not know the application any more. */
function withoutUnit(over: Partial<HostFacts> = {}): HostFacts {
  const machine = answerOf(hostFactsOf('beta').machine)
  if (!machine) throw new Error('no machine')
  return hostFactsOf('beta', {
    machine: { seen: true, value: { ...machine, applicationUnit: null } },
    server: { seen: true, value: serverFacts({ inRecovery: true }) },
    ...over,
  })
}
const factsOf = (standby: HostFacts): PromoteFacts => ({
  standby,
  primary: hostFactsOf('alpha'),
  primaryAtRest: null,
  primaryFromStandby: 'accepting',
  pinnedIdentifier: '7400000000000000001',
  lossSentence: 'A promotion now would lose nothing of the database.',
})
const applicationOf = (standby: HostFacts) =>
  promotePreflight(factsOf(standby), profile).find(({ id }) => id === 'standby-application')

test('the database is promoted without its application where an operator says so', () => {
  expect(applicationOf(withoutUnit())).toMatchObject({ outcome: 'fail', canOverride: true })
})

test('where the database can’t be asked there is nothing to go on with', () => {
  const standby = withoutUnit({ server: { seen: false, why } })
  expect(applicationOf(standby)).toMatchObject({ outcome: 'fail', canOverride: false })
})

test('a create can’t go on without the application’s unit: it would fail at stopping it', () => {
  expect(applicationCheck('standby', withoutUnit(), profile.application)).toMatchObject({
    outcome: 'fail',
    canOverride: false,
  })
})
