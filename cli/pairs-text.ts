import { textTable } from '@/cli/text-table'
import { formatBytes } from '@/lib/domain/format-bytes'
import { stateTable } from '@/lib/domain/states'
import type { PairView } from '@/lib/domain/views'

const head = ['Pair', 'State', 'Failover', 'Replay lag', 'Primary', 'Standby', 'Operation']

/** One line a pair, those that need somebody first. */
export const pairsText = (views: readonly PairView[]): string =>
  views.length === 0 ? 'There is no pair yet.' : textTable([head, ...views.map(lineOf)])

function lineOf({ pair, verdict, hosts, operation }: PairView): string[] {
  const behind = verdict?.lag.replay.bytes ?? null
  return [
    pair.slug,
    verdict ? stateTable[verdict.state].title : 'Unknown',
    verdict?.readyForFailover.ready ? 'ready' : 'not ready',
    behind === null ? 'unknown' : formatBytes(behind),
    hosts.primary.name,
    hosts.standby.name,
    operation ? `${operation.kind} ${operation.state}` : '',
  ]
}
