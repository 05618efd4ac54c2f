import { expect, test } from 'vitest'
import { judgeRows } from '@/lib/operations/drill/look-through'

test('a check passes only by one row whose first column is true', () => {
  expect(judgeRows([{ sound: true, entries: '12' }])).toEqual({ outcome: 'passed', evidence: 'entries: 12' })
  expect(judgeRows([{ sound: true }])).toEqual({ outcome: 'passed', evidence: 'sound: true' })
  for (const row of [{ sound: false }, { sound: null }, { sound: 't' }, { sound: 1 }, {}])
    expect(judgeRows([row]).outcome, JSON.stringify(row)).toBe('failed')
})

test('an answer without a row, or with several, is none', () => {
  expect(judgeRows([])).toEqual({ outcome: 'failed', evidence: 'It answered 0 rows; it has to answer one.' })
  expect(judgeRows([{ sound: true }, { sound: true }]).outcome).toBe('failed')
})

test('what it says beside is shown as it is, and no longer than a sentence bears', () => {
  const at = new Date('2026-11-23T03:00:00Z')
  expect(judgeRows([{ sound: true, newest: at, none: null }]).evidence).toBe(
    'newest: 2026-11-23T03:00:00.000Z, none: null',
  )
  expect(judgeRows([{ sound: true, long: 'x'.repeat(9_000) }]).evidence.length).toBe(500)
})
