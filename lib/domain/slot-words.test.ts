import { expect, test } from 'vitest'
import { isSlotOdd, slotWords } from '@/lib/domain/slot-words'

const slot = (active: boolean, walStatus: string | null) => ({
  slots: [{ name: 'understudy_ledger', active, walStatus, restartLsn: '0/3000000' }],
})

test('slots are told by name, use and state', () => {
  expect(slotWords({ slots: [] })).toBe('none')
  expect(slotWords(slot(true, 'reserved'))).toBe('understudy_ledger in use, reserved')
  expect(slotWords(slot(false, null))).toBe('understudy_ledger not in use')
})

test('a slot that has lost WAL, or is about to, is odd', () => {
  expect(isSlotOdd({ slots: [] })).toBe(false)
  for (const status of [null, 'reserved', 'extended']) expect(isSlotOdd(slot(true, status))).toBe(false)
  for (const status of ['unreserved', 'lost']) expect(isSlotOdd(slot(true, status))).toBe(true)
})
