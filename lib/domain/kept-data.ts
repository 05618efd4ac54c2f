import { keptDays } from '@/lib/domain/data-place'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { Instant } from '@/lib/domain/observation'
import { pairDirectory } from '@/lib/domain/pair-names'

/** What an operation put aside on a host, where, and until when it is kept at least: a file beside the pair's others there. */
export type KeptData = {
  readonly operation: string
  readonly paths: readonly string[]
  readonly since: Instant
  readonly until: Instant
}

export const keptDataPath = (at: PairPlaces, mark: string): string => `${pairDirectory(at)}/kept-${mark}.json`

export function keptData(operation: string, paths: readonly string[], now: Date): KeptData {
  const until = new Date(now.getTime() + keptDays * 86_400_000)
  return { operation, paths, since: now.toISOString(), until: until.toISOString() }
}
