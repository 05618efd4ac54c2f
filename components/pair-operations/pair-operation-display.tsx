import type { ComponentType, ReactNode } from 'react'
import { adoptDisplay } from '@/components/pair-operations/adopt-display'
import { changeSettingsDisplay } from '@/components/pair-operations/change-settings-display'
import { drillDisplay } from '@/components/pair-operations/drill-display'
import { fenceDisplay } from '@/components/pair-operations/fence-display'
import { pauseDisplay } from '@/components/pair-operations/pause-display'
import { rePairDisplay } from '@/components/pair-operations/re-pair-display'
import { repairFilesDisplay } from '@/components/pair-operations/repair-files-display'
import { resumeDisplay } from '@/components/pair-operations/resume-display'
import { switchoverDisplay } from '@/components/pair-operations/switchover-display'
import { syncDisplay } from '@/components/pair-operations/sync-display'
import { unpairDisplay } from '@/components/pair-operations/unpair-display'
import type { PairOperationKind } from '@/lib/domain/pair-operations'
import type { PairView } from '@/lib/domain/views'

/** What was chosen before the plan: plain data that stands in the page's address. */
export type ChosenOptions = Readonly<Record<string, unknown>>

/** How an operation on a pair is shown before it runs; what is not said here is the same for all of them. */
export type PairOperationDisplay = {
  /** The page's heading, e.g. `Fence db1`. */
  readonly titleOf: (view: PairView) => string
  /** What it does, in a sentence or two, beside the button. */
  readonly about: (view: PairView) => ReactNode
  readonly button: (view: PairView) => string
  readonly kind: 'primary' | 'danger'
  /** What is chosen before it is planned; nothing where left out. */
  readonly Options?: ComponentType<{
    readonly view: PairView
    readonly options: ChosenOptions
    readonly onChange: (options: ChosenOptions) => void
  }>
  /** What is chosen to begin with, where something has to be. */
  readonly firstOptions?: (view: PairView) => ChosenOptions
}

/** Promotions have a wizard of their own. */
export const pairOperationDisplays: Readonly<
  Record<Exclude<PairOperationKind, 'promote'>, PairOperationDisplay>
> = {
  adopt: adoptDisplay,
  fence: fenceDisplay,
  're-pair': rePairDisplay,
  pause: pauseDisplay,
  resume: resumeDisplay,
  switchover: switchoverDisplay,
  'change-settings': changeSettingsDisplay,
  unpair: unpairDisplay,
  drill: drillDisplay,
  sync: syncDisplay,
  'repair-files': repairFilesDisplay,
}
