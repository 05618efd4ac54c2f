import type { DirectoryState } from '@/components/status/directory-state'
import type { LaneLook } from '@/components/status/lane'
import type { PairView } from '@/lib/domain/views'

/** How a directory's stream stands. Its last copy may be a good one while nothing can come any more: the primary is dead. */
export function directoryLane(view: PairView, state: DirectoryState): LaneLook {
  const { pair, verdict, observation } = view
  if (!pair.isPaired || state.tone === 'unknown') return { tone: 'unknown', motion: 'broken' }
  if (state.tone === 'warn') return { tone: 'warn', motion: 'broken' }
  const isSourceGone = verdict?.state === 'no-primary' && observation?.hosts.primary.machine.seen !== true
  if (isSourceGone) return { tone: 'bad', motion: 'broken' }
  return { tone: 'ok', motion: state.facts?.isRunning ? 'moving' : 'idle' }
}
