import { toDashboardClock } from '@/components/status/directory-state'
import { formatClock } from '@/lib/domain/format-instant'
import { lastUpdatedAt } from '@/lib/domain/last-update'
import type { Instant } from '@/lib/domain/observation'
import type { PairView } from '@/lib/domain/views'

type Given = Pick<PairView, 'pair' | 'observation' | 'verdict'>

/**
 * When the standby's database was last updated, by the dashboard's clock: the commit's own time is by the primary's
 * clock, which is corrected where its difference was measured. Null while it is not known.
 */
export function standbyUpdatedAt(view: Given): Instant | null {
  const at = lastUpdatedAt(view, 'standby')
  const primary = view.observation?.hosts.primary.machine
  return at && toDashboardClock(at, primary?.seen ? primary.value.clockOffsetMs : 0)
}

export function standbyUpdatedText(view: Given): string | null {
  const at = standbyUpdatedAt(view)
  return at && formatClock(at)
}
