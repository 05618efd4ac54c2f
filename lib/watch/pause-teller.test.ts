import { expect, test } from 'vitest'
import type { Pair } from '@/lib/domain/pair'
import { PauseTeller } from '@/lib/watch/pause-teller'
import { pair } from '@/test/harness/observations'

const until = '2026-11-25T16:00:00.000Z'
const endMs = Date.parse(until)
const paused: Pair = {
  ...pair,
  pause: { what: ['sync'], until, by: 'ann', reason: 'disk swap', operationId: 'o-1' },
}

function listen() {
  const told: string[] = []
  const teller = new PauseTeller((slug, pauseId) => told.push(`${slug} ${pauseId}`))
  return { told, teller }
}

test('it is told when the end has come, and not before', () => {
  const { told, teller } = listen()
  teller.see(paused, true, endMs - 1)
  teller.see(pair, true, endMs)
  expect(told).toEqual([])
  teller.see(paused, true, endMs)
  expect(told).toEqual([`ledger o-1 ${until}`])
})

test('a watch that begins long after the end tells at once, and again while it lasts', () => {
  const { told, teller } = listen()
  teller.see(paused, true, endMs + 86_400_000)
  teller.see(paused, true, endMs + 86_400_000 + 9_999)
  expect(told).toHaveLength(1)
  teller.see(paused, true, endMs + 86_400_000 + 10_000)
  expect(told).toHaveLength(2)
})

test('while the standby is away nobody is told, and as soon as it answers it is', () => {
  const { told, teller } = listen()
  teller.see(paused, false, endMs)
  expect(told).toEqual([])
  teller.see(paused, true, endMs + 1)
  teller.see(paused, false, endMs + 2)
  teller.see(paused, true, endMs + 3)
  expect(told).toHaveLength(2)
})

test('a clock that is set back does not keep it silent', () => {
  const { told, teller } = listen()
  teller.see(paused, true, endMs + 3_600_000)
  teller.see(paused, true, endMs + 1)
  expect(told).toHaveLength(2)
})
