import { isSignalOf } from '@/lib/commands/postgres-standby'
import { parseStandbyPlaces, type StandbyPlaces, standbyPlacesQuestion } from '@/lib/facts/standby-places'
import { createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'

/** How far the standby's data has come: the facts that most steps decide by. */
export type Places = StandbyPlaces & {
  /** The data directory is the copy that this operation made. */
  readonly isPlaced: boolean
  /** As `isPlaced`, but only a part of it has its place yet. */
  readonly isHalfPlaced: boolean
  /** The copy is complete and set up as a standby, not yet in place. */
  readonly isConfigured: boolean
}

export async function readPlaces(context: CreateContext): Promise<Places> {
  const { copy, aside, isMount } = createNames(context)
  const { dataDirectory, binDirectory } = context.layouts.standby
  const question = standbyPlacesQuestion({ dataDirectory, copy, aside, binDirectory, isMount })
  const places = parseStandbyPlaces(
    (await context.doors.standby.runOrThrow(question, { timeoutMs: 15_000 })).stdout,
  )
  const isOurs = isSignalOf(places.dataSignal, context.operationId)
  return {
    ...places,
    isPlaced: isOurs && places.hasData,
    isHalfPlaced: isOurs && !places.hasData,
    isConfigured: isSignalOf(places.copySignal, context.operationId),
  }
}
