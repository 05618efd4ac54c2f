import { expect, test } from 'vitest'
import { emptyHistory, recall, remember } from '@/lib/domain/pair-history'
import { observationOf } from '@/test/harness/observations'

const second = (number: number) =>
  new Date(Date.parse('2026-11-25T14:00:00.000Z') + number * 1000).toISOString()
const stream = (latestEndLsn: string, lastMessageAgeSeconds: number) => ({
  receiver: { status: 'streaming', senderHost: null, timeline: 1, latestEndLsn, lastMessageAgeSeconds },
})
const unseen = { primaryServer: { unseen: 'HOST_PORT_REFUSED' as const } }

test('while we cannot see the primary, its position is what its stream tells the standby', () => {
  const history = [
    observationOf({}, second(0)),
    observationOf({ ...unseen, standbyServer: stream('0/6000000', 0.5) }, second(5)),
  ].reduce(remember, emptyHistory)
  expect(history.primary.at(-1)).toMatchObject({
    lsn: '0/6000000',
    atMs: Date.parse('2026-11-25T14:00:04.500Z'),
  })
})

test('a stream that tells a little less than was seen written does not throw the history away', () => {
  const history = [
    observationOf({}, second(0)),
    observationOf({}, second(1)),
    observationOf({ ...unseen, standbyServer: stream('0/50000F0', 0) }, second(2)),
  ].reduce(remember, emptyHistory)
  expect(history.primary).toHaveLength(3)
  expect(history.primary.at(-1)?.lsn).toBe('0/5000100')
})

test('what a host was like when it was last seen stays, with its time', () => {
  const history = [
    observationOf({}, second(0)),
    observationOf({ ...unseen, primaryMachine: { unseen: 'HOST_PORT_REFUSED' } }, second(1)),
  ].reduce(remember, emptyHistory)
  expect(history.hosts.primary.server?.at).toBe(second(0))
  expect(history.hosts.primary.machine?.value.hostname).toBe('a')
  expect(history.hosts.standby.server?.at).toBe(second(1))
})

test('after a restart with the primary gone, its last position is still known, with its age', () => {
  const gone = observationOf(unseen, second(60))
  const history = recall(
    { ...gone, hosts: { ...gone.hosts, standby: gone.hosts.primary } },
    {
      primaryLsn: '0/5000100',
      primaryLsnAt: second(7),
    },
  )
  expect(history.primary).toEqual([{ atMs: Date.parse(second(7)), lsn: '0/5000100', lsnBytes: 0x5000100 }])
})

test('after a restart with the primary there, what it said last is the beginning', () => {
  const history = recall(observationOf({}, second(60)), { primaryLsn: null, primaryLsnAt: null })
  expect(history.primary.map(({ atMs }) => atMs)).toEqual([Date.parse(second(60))])
  expect(history.hosts.standby.machine?.value.hostname).toBe('b')
})
