import { expect, test } from 'vitest'
import { drillsText } from '@/cli/drills-text'
import { pairStatusText } from '@/cli/pair-status-text'
import { drillOptions } from '@/lib/domain/drill-options'
import type { PairView } from '@/lib/domain/views'
import { drillCheck, drillOf } from '@/test/harness/drills'
import { observedAt, pair } from '@/test/harness/observations'
import { hostOf } from '@/test/harness/operation-facts'
import { aVerdict } from '@/test/harness/store-fixtures'

const nextAt = '2026-11-29T03:00:00.000Z'
const schedule = { cron: '0 3 * * 0', words: 'at 03:00, only on Sunday (UTC)', nextAt }
const checks = [
  drillCheck(),
  drillCheck({ id: 'x', outcome: 'failed' }),
  drillCheck({ id: 'y', outcome: 'left-out' }),
]

test('drills are a table with what each showed; what it did not come to is left empty', () => {
  const failed = drillOf({ outcome: 'failed', reason: 'It did not come up.', checks })
  const gaveWay = drillOf({ outcome: 'gave-way', copy: null, recoveryMs: null, checks: [] })
  const text = drillsText({ drills: [failed, gaveWay], schedule: null })
  expect(text).toContain('No drills begin by themselves.')
  expect(text).toMatch(
    / beta +failed +48 MB in 3\.1 s, backup from the standby +4\.2\d* s +1 of 2 +It did not come up\.$/m,
  )
  expect(text).toMatch(/ beta +gave way *$/m)
})

test('when they begin by themselves is said with who set it, and that there was none yet', () => {
  const text = drillsText({
    drills: [],
    schedule: { ...schedule, options: drillOptions.parse({}), by: 'ann' },
  })
  expect(text).toMatch(
    /^Drills begin by themselves at 03:00, only on Sunday \(UTC\), next .+, as ann set\.$/m,
  )
  expect(text).toContain('There was no drill yet.')
})

test('the status of a pair says how old its last drill is and what it showed, and when the next one begins', () => {
  const now = new Date(Date.parse(observedAt) + 2_000)
  const view: PairView = {
    ...{
      pair,
      leftOut: [],
      rowFiles: [],
      profileTitle: 'Debian',
      profileProblem: null,
      observation: null,
      operation: null,
    },
    ...{ actions: [], directories: [], stateChanges: [], recentOperations: [] },
    hosts: { primary: hostOf('db1', '10.0.0.1'), standby: hostOf('db2', '10.0.0.2') },
    verdict: { ...aVerdict, state: 'protected', since: observedAt },
    drills: { last: null, schedule: null },
  }
  const startedAt = new Date(now.getTime() - 3 * 86_400_000).toISOString()
  const withDrill = { ...view, drills: { last: drillOf({ outcome: 'passed', startedAt }), schedule } }
  expect(pairStatusText(view, now)).toMatch(/^Drill +none yet$/m)
  expect(pairStatusText(withDrill, now)).toMatch(
    /^Drill +passed, begun 3 d.* ago, its copy took a row 4\.2\d* s after its start; next by itself .+$/m,
  )
  const files = { ...view, pair: { ...pair, scope: { database: false, files: true } } }
  expect(pairStatusText(files, now)).not.toMatch(/^Drill/m)
})
