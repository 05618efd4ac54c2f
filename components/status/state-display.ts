import {
  ChevronsRight,
  CircleHelp,
  CopyX,
  type LucideIcon,
  OctagonX,
  RefreshCw,
  ShieldCheck,
  ShieldOff,
  Split,
  TriangleAlert,
  Unlink,
  Unplug,
} from 'lucide-react'
import type { Tone } from '@/components/ui/pill'
import { type PairState, type StateRow, stateTable } from '@/lib/domain/states'

const icons: Readonly<Record<PairState, LucideIcon>> = {
  unpaired: Unlink,
  working: RefreshCw,
  protected: ShieldCheck,
  'catching-up': ChevronsRight,
  degraded: TriangleAlert,
  disconnected: Unplug,
  'standby-lost': OctagonX,
  diverged: Split,
  'no-primary': OctagonX,
  'two-primaries': CopyX,
  unprotected: ShieldOff,
  unknown: CircleHelp,
}

const tones: Readonly<Record<StateRow['tone'], Tone>> = {
  fine: 'ok',
  busy: 'busy',
  attention: 'warn',
  danger: 'bad',
  unclear: 'unknown',
}

/** How a state is told: by word, icon and colour, each of which is enough by itself. Null: not looked at yet. */
export function stateDisplay(state: PairState | null): { title: string; tone: Tone; Icon: LucideIcon } {
  if (state === null) return { title: 'Not seen yet', tone: 'quiet', Icon: CircleHelp }
  const row = stateTable[state]
  return { title: row.title, tone: tones[row.tone], Icon: icons[state] }
}
