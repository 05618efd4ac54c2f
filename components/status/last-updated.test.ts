import { expect, test } from 'vitest'
import { standbyUpdatedAt, standbyUpdatedText } from '@/components/status/last-updated'
import { type Changes, observationOf, pair } from '@/test/harness/observations'

const viewOf = (changes: Changes = {}) => ({ pair, observation: observationOf(changes), verdict: null })

test('the commit’s time, which is by the primary’s clock, is told by the dashboard’s', () => {
  expect(standbyUpdatedAt(viewOf())).toBe('2026-11-25T14:07:30.000Z')
  expect(standbyUpdatedAt(viewOf({ primaryMachine: { clockOffsetMs: 2500 } }))).toBe(
    '2026-11-25T14:07:27.500Z',
  )
})

test('it is not known of a standby that is not seen, or that nobody has looked at', () => {
  const unseen = viewOf({ standbyServer: { unseen: 'POSTGRES_DOWN' } })
  expect(standbyUpdatedText(unseen)).toBeNull()
  expect(standbyUpdatedText({ pair, observation: null, verdict: null })).toBeNull()
})
