import { textTable } from '@/cli/text-table'
import { copyWayWords, type Drill, drillOutcomeWords, recoveryWords } from '@/lib/domain/drill'
import { formatBytes } from '@/lib/domain/format-bytes'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { DrillsView } from '@/lib/domain/views'

const rowOf = ({ startedAt, hostName, outcome, way, copy, recoveryMs, checks, reason }: Drill) => {
  const asked = checks.filter((check) => check.outcome !== 'left-out')
  const passed = asked.filter((check) => check.outcome === 'passed')
  return [
    formatFullInstant(startedAt, { precision: 'minutes' }),
    hostName,
    drillOutcomeWords[outcome],
    copy ? `${formatBytes(copy.bytes)} in ${recoveryWords(copy.ms)}, ${copyWayWords[way]}` : '',
    recoveryMs === null ? '' : recoveryWords(recoveryMs),
    asked.length === 0 ? '' : `${passed.length} of ${asked.length}`,
    reason,
  ]
}

/** Drills as a table, the latest first, with when they begin by themselves above. */
export function drillsText({ drills, schedule }: DrillsView): string {
  const begin = schedule
    ? `Drills begin by themselves ${schedule.words}${schedule.nextAt === null ? '' : `, next ${formatFullInstant(schedule.nextAt, { precision: 'minutes' })}`}, as ${schedule.by} set.`
    : 'No drills begin by themselves.'
  const table =
    drills.length === 0
      ? 'There was no drill yet.'
      : textTable([['Began', 'Host', 'Outcome', 'Copy', 'Recovery', 'Checks', 'Why'], ...drills.map(rowOf)])
  return `${begin}\n\n${table}`
}
