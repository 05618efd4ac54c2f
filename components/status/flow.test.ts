import { expect, test } from 'vitest'
import { addToFlow, type Flow, isWalMoving, walRate } from '@/components/status/flow'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const flowOf = (...samples: readonly [number, string | null, string | null][]): Flow =>
  samples.map(([second, primaryLsn, receivedLsn]) => ({ at: at(second), primaryLsn, receivedLsn }))

test('the WAL rate is what the primary wrote over the samples', () => {
  expect(walRate(flowOf([0, '0/1000', null], [2, '0/1800', null]))).toBe(1024)
})

test('no rate is claimed from one sample, or without the primary', () => {
  expect(walRate([])).toBe(null)
  expect(walRate(flowOf([0, '0/1000', null]))).toBe(null)
  expect(walRate(flowOf([0, null, null], [1, null, null]))).toBe(null)
})

test('a lane moves only while the standby receives', () => {
  expect(isWalMoving(flowOf([0, null, '0/10'], [1, null, '0/20']))).toBe(true)
  expect(isWalMoving(flowOf([0, null, '0/20'], [1, null, '0/20']))).toBe(false)
  expect(isWalMoving(flowOf([0, null, '0/10'], [4, null, '0/20'], [5, null, '0/20']))).toBe(true)
  expect(isWalMoving(flowOf([0, null, '0/10'], [4, null, '0/20'], [9, null, '0/20']))).toBe(false)
  expect(isWalMoving(flowOf([0, null, '0/10'], [1, null, null]))).toBe(false)
})

test('an observation is taken once, and only the last ten seconds are kept', () => {
  const unseen = {
    seen: false,
    at: at(0),
    why: { code: 'HOST_UNREACHABLE', message: 'No answer.', fix: '' },
  } as const
  const host = { machine: unseen, server: unseen }
  const observation = (second: number) => ({
    at: at(second),
    tookMs: 1,
    hosts: { primary: host, standby: host },
  })
  const flow = addToFlow(addToFlow([], observation(0)), observation(1))
  expect(flow).toHaveLength(2)
  expect(addToFlow(flow, observation(1))).toBe(flow)
  expect(addToFlow(flow, observation(11)).map((sample) => sample.at)).toEqual([at(1), at(11)])
})
