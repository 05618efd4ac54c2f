import { inFlightStates, standingStates } from '@/lib/domain/operation-state'
import type { Pair, PairId } from '@/lib/domain/pair'
import { pause } from '@/lib/watch/bounded'
import type { PairSubject } from '@/lib/watch/pair-subject'
import type { WatchDeps } from '@/lib/watch/watch-deps'
import { PairWatch } from '@/lib/watch/watch-pair'

/** How often the store is asked which pairs there are, beside its notifications. */
const refreshMs = 1000

export type Watching = {
  /** Looks at once at one pair, if this process watches it. */
  lookNow(pairId: PairId): void
  /** Ends at once; looks that are under way are given up. */
  stop(): Promise<void>
}

/**
 * Watches every pair of the store, each second, those that no other worker watches. New pairs, changed hosts and
 * operations are noticed within a second, an operation's events at once.
 */
export function startWatching(deps: WatchDeps): Watching {
  const watches = new Map<PairId, PairWatch>()
  const unwatched = new Set<PairId>()
  const ended = new AbortController()
  let refreshing: Promise<void> | null = null

  /** One at a time: who asks while one runs is served by it. */
  const refresh = (): Promise<void> => {
    refreshing ??= refreshWatches(deps, { watches, unwatched }, ended.signal).then(
      () => {
        refreshing = null
      },
      (err: unknown) => {
        refreshing = null
        deps.warn({ err }, 'the pairs could not be read')
      },
    )
    return refreshing
  }
  const listening = deps.store.listen('operations', () => void refresh())
  listening.catch((err: unknown) => deps.warn({ err }, 'operations are noticed by asking only'))
  const running = (async () => {
    while (!ended.signal.aborted) {
      await refresh()
      await pause(refreshMs, ended.signal)
    }
  })()

  return {
    lookNow: (pairId) => watches.get(pairId)?.lookNow(),
    stop: async () => {
      ended.abort()
      await running
      await refreshing
      await Promise.all([...watches.values()].map((watch) => watch.stop()))
      const stopListening = await listening.catch(() => null)
      await stopListening?.()
    },
  }
}

type Watched = {
  readonly watches: Map<PairId, PairWatch>
  /** Pairs of whom it was told that they can't be watched. */
  readonly unwatched: Set<PairId>
}

async function refreshWatches(
  deps: WatchDeps,
  { watches, unwatched }: Watched,
  signal: AbortSignal,
): Promise<void> {
  const { subjects, pairsWithoutProfile } = await readSubjects(deps)
  if (signal.aborted) return
  for (const { id, slug, profileId } of pairsWithoutProfile) {
    if (unwatched.has(id)) continue
    unwatched.add(id)
    deps.warn({ pair: slug, profile: profileId }, 'a pair is not watched: its profile is not there')
  }
  for (const subject of subjects.values()) {
    const watch = watches.get(subject.pair.id)
    if (watch) watch.update(subject)
    else watches.set(subject.pair.id, new PairWatch(deps, subject))
  }
  const gone = [...watches].filter(([id]) => !subjects.has(id))
  for (const [id] of gone) watches.delete(id)
  await Promise.all(gone.map(([, watch]) => watch.stop()))
}

/** Three questions for all pairs together. */
async function readSubjects({
  store,
  profiles,
}: WatchDeps): Promise<{ subjects: Map<PairId, PairSubject>; pairsWithoutProfile: readonly Pair[] }> {
  const [pairs, hosts, operations] = await Promise.all([
    store.pairs.list(),
    store.hosts.list(),
    store.operations.listInState([...inFlightStates, ...standingStates]),
  ])
  const hostById = new Map(hosts.map((host) => [host.id, host]))
  const operationByPair = new Map(operations.map((operation) => [operation.pairId, operation]))
  const subjects = new Map<PairId, PairSubject>()
  for (const pair of pairs) {
    const [primary, standby] = [hostById.get(pair.hosts.primary), hostById.get(pair.hosts.standby)]
    const profile = profiles.get(pair.profileId)
    if (primary && standby && profile)
      subjects.set(pair.id, {
        pair,
        hosts: { primary, standby },
        profile,
        operation: operationByPair.get(pair.id) ?? null,
      })
  }
  return { subjects, pairsWithoutProfile: pairs.filter(({ profileId }) => !profiles.has(profileId)) }
}
