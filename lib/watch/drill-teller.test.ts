import { expect, test } from 'vitest'
import { drillOptions } from '@/lib/domain/drill-options'
import type { Pair } from '@/lib/domain/pair'
import { pairStates } from '@/lib/domain/states'
import { DrillTeller } from '@/lib/watch/drill-teller'
import { pair } from '@/test/harness/observations'

const since = '2026-11-01T00:00:00.000Z'
const due = '2026-11-29T03:00:00.000Z'
const dueMs = Date.parse(due)
const scheduled: Pair = {
  ...pair,
  isPaired: true,
  drillSchedule: { cron: '0 3 * * 0', options: drillOptions.parse({}), by: 'ann', since },
}

function listen() {
  const told: string[] = []
  const teller = new DrillTeller((slug, dueAt) => told.push(`${slug} ${dueAt}`))
  return { told, teller }
}

test('a drill is told within a minute of its time, and not before', () => {
  const { told, teller } = listen()
  teller.see(scheduled, 'protected', true, dueMs - 1)
  expect(told).toEqual([])
  teller.see(scheduled, 'protected', true, dueMs + 59_999)
  expect(told).toEqual([`ledger ${due}`])
})

test('one that could not begin is told again each minute while its hour lasts, and then left out', () => {
  const { told, teller } = listen()
  for (let minute = 0; minute <= 120; minute += 1)
    teller.see(scheduled, 'protected', true, dueMs + minute * 60_000)
  expect(told).toHaveLength(61)
})

test('a watch that begins within the hour tells at once, one that begins later tells nothing of it', () => {
  const late = listen()
  late.teller.see(scheduled, 'protected', true, dueMs + 1_800_000)
  expect(late.told).toEqual([`ledger ${due}`])
  const later = listen()
  later.teller.see(scheduled, 'protected', true, dueMs + 7_200_000)
  expect(later.told).toEqual([])
})

test('while another operation stands, or the pair is anything but protected, nobody is told; as soon as it is, at once', () => {
  const { told, teller } = listen()
  teller.see(scheduled, 'protected', false, dueMs)
  for (const state of pairStates) if (state !== 'protected') teller.see(scheduled, state, true, dueMs)
  teller.see({ ...scheduled, isPaired: false }, 'protected', true, dueMs)
  teller.see(pair, 'protected', true, dueMs)
  expect(told).toEqual([])
  teller.see(scheduled, 'protected', true, dueMs + 1)
  expect(told).toEqual([`ledger ${due}`])
})

test('a clock that is set back does not keep it silent', () => {
  const { told, teller } = listen()
  teller.see(scheduled, 'protected', true, dueMs + 1_800_000)
  teller.see(scheduled, 'protected', true, dueMs + 1)
  expect(told).toHaveLength(2)
})
