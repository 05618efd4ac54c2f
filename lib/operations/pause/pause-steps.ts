import type { PausePart } from '@/lib/domain/pause'
import type { Step } from '@/lib/operations/engine/step'
import {
  type PauseBasis,
  type PauseContext,
  pausableParts,
  pausedBefore,
  type WithLayout,
} from '@/lib/operations/pause/basis'
import { recordPause } from '@/lib/operations/pause/steps/record-pause'
import { holdReplay, startReplay } from '@/lib/operations/pause/steps/switch-replay'
import { holdSync, startSync } from '@/lib/operations/pause/steps/switch-sync'

type Switches = {
  readonly sync: (basis: PauseBasis) => Step<PauseContext>
  readonly replay: (basis: WithLayout) => Step<PauseContext>
}

const hasLayout = (basis: PauseBasis): basis is WithLayout => basis.layouts.standby !== null

/** A step for each part that the pair has. */
function switched(basis: PauseBasis, what: readonly PausePart[], { sync, replay }: Switches) {
  const parts = pausableParts(basis.pair).filter((part) => what.includes(part))
  return [
    ...(parts.includes('sync') ? [sync(basis)] : []),
    ...(parts.includes('replay') && hasLayout(basis) ? [replay(basis)] : []),
  ]
}

/** The steps of a pause, or of its end, in their order. */
export function pauseSteps(basis: PauseBasis): readonly Step<PauseContext>[] {
  const { after } = basis.facts
  return after
    ? [recordPause(basis), ...switched(basis, after.what, { sync: holdSync, replay: holdReplay })]
    : [
        ...switched(basis, pausedBefore(basis.facts), { sync: startSync, replay: startReplay }).toReversed(),
        recordPause(basis),
      ]
}
