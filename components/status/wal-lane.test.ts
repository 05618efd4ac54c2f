import { expect, test } from 'vitest'
import { distanceText, walLane } from '@/components/status/wal-lane'
import type { PairView } from '@/lib/domain/views'

const at = '2026-11-23T12:00:00.000Z'
const seen = (value: object) => ({ seen: true, at, value })
const unseen = { seen: false, at, why: { code: 'HOST_UNREACHABLE', message: 'No answer.', fix: '' } }
const sending = seen({ senders: [{ clientAddress: '10.0.0.2', state: 'streaming' }] })
const receiving = seen({ receiver: { status: 'streaming' } })
const deaf = seen({ receiver: null })

function view(primary: object, standby: object, pair: object = {}): PairView {
  return {
    pair: { isPaired: true, formerPrimary: 'none', ...pair },
    hosts: { primary: { name: 'a' }, standby: { name: 'b', address: '10.0.0.2' } },
    observation: { at, hosts: { primary: { server: primary }, standby: { server: standby } } },
    verdict: {
      state: 'protected',
      lag: { receive: { bytes: 0, seconds: 0 }, replay: { bytes: 24_000, seconds: 0.1 } },
    },
  } as unknown as PairView
}

test('distances read in bytes and seconds, and as unknown where nothing is known', () => {
  expect(distanceText({ bytes: 24_000, seconds: 0.1 })).toBe('24 kB, 0.1 s')
  expect(distanceText({ bytes: 0, seconds: null })).toBe('0 B')
  expect(distanceText({ bytes: null, seconds: null })).toBe('unknown')
})

test('a stream moves only while data does', () => {
  expect(walLane(view(sending, receiving), true)).toMatchObject({ tone: 'ok', motion: 'moving' })
  expect(walLane(view(sending, receiving), false)).toMatchObject({ tone: 'ok', motion: 'idle' })
})

test('one side is enough to see a stream; a stream that neither sees is broken', () => {
  expect(walLane(view(unseen, receiving), true).motion).toBe('moving')
  expect(walLane(view(sending, unseen), false).motion).toBe('idle')
  expect(walLane(view(unseen, deaf), true)).toMatchObject({ tone: 'bad', motion: 'broken' })
})

test('not seen is not broken: it is unknown', () => {
  expect(walLane(view(unseen, unseen), false)).toMatchObject({ tone: 'unknown', motion: 'broken' })
})

test('without a pair, and after a promotion, nothing is said to stream', () => {
  expect(walLane(view(sending, receiving, { isPaired: false }), true).motion).toBe('broken')
  expect(walLane(view(sending, receiving, { formerPrimary: 'watched' }), true)).toMatchObject({
    text: 'b no longer follows',
    motion: 'broken',
  })
})
