import { leftOutOf } from '@/lib/domain/left-out'
import type { Pair } from '@/lib/domain/pair'
import { toPublicError } from '@/lib/errors'
import { rowFilesOf } from '@/lib/operations/row-files/look-for-files'
import { missingProfile } from '@/lib/profiles/loaded-profiles'
import type { ServiceContext } from '@/lib/services/context'
import { findHosts } from '@/lib/services/find-or-throw'
import type { PairRecord } from '@/lib/services/views/pair-view'

const changesShown = 50
const operationsShown = 20

/** Everything that the page of a pair shows, from the store alone. */
export async function readPairRecord(
  { store, profiles, profileProblems }: Pick<ServiceContext, 'store' | 'profiles' | 'profileProblems'>,
  pair: Pair,
): Promise<PairRecord> {
  const [hosts, latest, current, recent, stateChanges, [lastDrill = null]] = await Promise.all([
    findHosts(store, pair.hosts),
    store.observations.latest(pair.id),
    store.operations.current(pair.id),
    store.operations.listOfPair(pair.id, operationsShown),
    store.observations.stateChanges(pair.id, changesShown),
    store.drills.listOfPair(pair.id, 1),
  ])
  const profile = profiles.get(pair.profileId)
  const profileTitle = profile?.title ?? pair.profileId
  const leftOut = profile ? leftOutOf(pair, profile) : []
  const rowFiles = profile ? rowFilesOf(profile, pair).map(({ query }) => query.title) : []
  const profileProblem = profile
    ? null
    : toPublicError(missingProfile(pair.profileId, { profiles, profileProblems }))
  return {
    pair,
    profileTitle,
    profileProblem,
    leftOut,
    rowFiles,
    hosts,
    latest,
    current,
    recent,
    stateChanges,
    lastDrill,
  }
}
