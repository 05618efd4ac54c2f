import type { ProfileProblem } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { Profile } from '@/lib/profiles/schema'

/** What the directories of profiles hold. */
export type LoadedProfiles = {
  /** By id. */
  readonly profiles: ReadonlyMap<string, Profile>
  /** Files that can't be used; the profile of such a file is not among the above, not even a built-in one of its id. */
  readonly profileProblems: readonly ProfileProblem[]
}

/** PROFILE_INVALID: why there is no profile of this id, and what to do. */
export function missingProfile(id: string, { profiles, profileProblems }: LoadedProfiles): AppError {
  const problem = profileProblems.find(({ profileId }) => profileId === id)
  if (!problem)
    return new AppError('PROFILE_INVALID', `There is no profile “${id}”.`, {
      fix: `Choose one of: ${[...profiles.keys()].join(', ')}; or put its file into the directory of profiles and restart Understudy.`,
    })
  const [first = '', ...more] = problem.sentences
  const others = more.length > 0 ? ` (and ${more.length} more)` : ''
  return new AppError('PROFILE_INVALID', `The profile “${id}” can’t be used: ${first}${others}.`, {
    fix: `Mend ${problem.file} and restart Understudy.`,
  })
}
