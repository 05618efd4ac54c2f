import { expect, test } from 'vitest'
import { decideVerdict } from '@/lib/domain/decide-verdict'
import { nothingWitnessed } from '@/lib/domain/fork-witness'
import { emptyHistory, remember } from '@/lib/domain/pair-history'
import { type Changes, hostNames, limits, observationOf, pair } from '@/test/harness/observations'

function verdictOf(changes: Changes) {
  const observation = observationOf(changes)
  const history = remember(emptyHistory, observation)
  const beside = {
    hostNames,
    limits,
    leftOut: [],
    operation: null,
    previous: null,
    witness: nothingWitnessed,
  }
  return decideVerdict({ pair, observation, history, ...beside })
}
const owners = (users: object[], groups: object[] = []) => ({ fileOwners: { users, groups } })
const ledger = { id: 998, name: 'ledger' }

test('a number that is another user’s on the standby degrades the pair, and says whose it is and what to do', () => {
  const verdict = verdictOf({
    primaryMachine: owners([ledger], [{ id: 998, name: 'ledger' }]),
    standbyMachine: owners([{ id: 998, name: 'backup' }], [{ id: 998, name: null }]),
  })
  expect(verdict.state).toBe('degraded')
  expect(verdict.reasons).toContain(
    `Owners of the synced directories differ: uid 998 is ledger on the primary and backup on ${hostNames.standby}; gid 998 is ledger on the primary and nobody on ${hostNames.standby}.`,
  )
  expect(verdict.nextAction.sentence).toContain('usermod -u')
})

test.each<[string, Changes]>([
  ['both hosts mean the same', { primaryMachine: owners([ledger]), standbyMachine: owners([ledger]) }],
  [
    'nothing was copied yet: the numbers are the standby’s own',
    { primaryMachine: owners([ledger]), standbyMachine: owners([{ id: 997, name: 'ledger' }]) },
  ],
  [
    'the primary has no name for a number either',
    { primaryMachine: owners([{ id: 5, name: null }]), standbyMachine: owners([{ id: 5, name: 'x' }]) },
  ],
  ['it was not asked of the standby', { primaryMachine: owners([ledger]) }],
])('nothing is said where %s', (_, changes) => {
  expect(verdictOf(changes).state).toBe('protected')
})
