import { expect, test } from 'vitest'
import { type KeptLoss, plannedLoss, positionsBefore } from '@/lib/domain/plan-facts'

const loss: KeptLoss = {
  at: '2026-11-25T14:07:31.000Z',
  hasDatabase: true,
  database: {
    walBytes: 10,
    seconds: null,
    lastReplayedCommitAt: '2026-11-25T14:07:30.000Z',
    primaryLsn: '0/5000100',
    primaryLsnAgeSeconds: 34,
    isUpperBound: false,
  },
  directories: [{ id: 'vault', title: 'Vault', ageSeconds: 18 }],
  sentence: 'A promotion now would lose 10 B of the database.',
}
const seen = (over: object) => ({
  seen: true,
  value: { timeline: 1, inRecovery: false, lsn: '0/5000100', receivedLsn: null, ...over },
})
const unseen = { seen: false, why: { code: 'HOST_UNREACHABLE', message: 'It is away.', fix: 'Look.' } }
const factsOf = (primary: object, standby: object, over: object = {}) => ({
  facts: { primary: { name: 'alpha', server: primary }, standby: { name: 'beta', server: standby }, ...over },
})
const standby = seen({ inRecovery: true, lsn: '0/50000F0', receivedLsn: '0/5000100' })

test('the positions of both servers are told as the plan found them', () => {
  expect(positionsBefore(factsOf(seen({}), standby))).toEqual([
    'alpha: timeline 1, written up to 0/5000100',
    'beta: timeline 1, replayed up to 0/50000F0, received up to 0/5000100',
  ])
})

test('of a primary that is away its last known position is told, with its age', () => {
  expect(positionsBefore(factsOf(unseen, standby, { loss }))[0]).toBe(
    'alpha: not seen, but at 0/5000100 34 s before',
  )
  expect(positionsBefore(factsOf(unseen, standby))[0]).toBe('alpha: not seen')
})

test('where no server was asked, or a plan has no such facts, nothing is told', () => {
  expect(positionsBefore(factsOf(unseen, unseen, { loss }))).toEqual([])
  for (const facts of [null, {}, 'x', { primary: 1 }]) {
    expect(positionsBefore({ facts })).toEqual([])
    expect(plannedLoss({ facts })).toBeNull()
  }
})

test('an unknown position is said to be one', () => {
  expect(positionsBefore(factsOf(seen({ lsn: null }), standby))[0]).toBe(
    'alpha: timeline 1, written up to an unknown position',
  )
})

test('the loss is the one that the plan was made with, and none where it kept none', () => {
  expect(plannedLoss(factsOf(unseen, standby, { loss }))).toEqual(loss)
  expect(plannedLoss(factsOf(unseen, standby, { loss: null }))).toBeNull()
  expect(plannedLoss(factsOf(unseen, standby))).toBeNull()
})
