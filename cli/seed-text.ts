import type { Role } from '@/lib/domain/pair'
import { printSeedStatus, seedStatusOf } from '@/lib/domain/seed-status'
import { isStaleLook, staleLookWords } from '@/lib/domain/stale-look'
import type { PairView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { listHosts } from '@/lib/services/hosts/list-hosts'

/** The seed's text of a host that no pair replicates: of its three the first one. */
export const notConfiguredText = (): string => printSeedStatus({ looksLike: 'nothing' }, '')

const isRoleWord = (host: string) => host === 'primary' || host === 'standby'

/**
 * Whether `name` is a registered host, by its name or address, that no pair of `views` replicates. The words for the roles mean a
 * pair's hosts, where there is a pair.
 */
export async function isInNoPair(
  context: ServiceContext,
  views: readonly PairView[],
  name: string,
): Promise<boolean> {
  if (views.length > 0 && isRoleWord(name)) return false
  const host = (await listHosts(context)).find((each) => each.name === name || each.address === name)
  return (
    host !== undefined &&
    !views.some(({ pair: { isPaired, hosts } }) => isPaired && Object.values(hosts).includes(host.id))
  )
}

/**
 * Why the seed's text, which tells no age, can't be said of a pair at all: nobody has looked at its hosts, or not lately. Null where it
 * can. A pair that does not replicate is told from the store, which needs no look.
 */
export function whyNotLooked({ pair, observation, profileProblem }: PairView, now: Date): AppError | null {
  if (!pair.isPaired) return null
  if (!observation && profileProblem)
    return new AppError(profileProblem.code, profileProblem.message, { fix: profileProblem.fix })
  if (!observation)
    return new AppError('STORE_UNAVAILABLE', 'Nobody has looked at the hosts yet.', {
      fix: 'Start the dashboard’s worker and try again.',
    })
  if (!isStaleLook(observation.at, now)) return null
  const { message, fix } = staleLookWords(observation.at, now, profileProblem)
  return new AppError('STORE_UNAVAILABLE', message, { fix })
}

/** The seed's text of one host of a pair that was looked at just now. Throws with the reason where the host was not seen. */
export function seedText({ profiles }: Pick<ServiceContext, 'profiles'>, view: PairView, role: Role): string {
  const status = seedStatusOf(view, role)
  if (!status) throw whyUnseen(view, role)
  return printSeedStatus(status, profiles.get(view.pair.profileId)?.seedName ?? 'Application')
}

function whyUnseen({ pair, hosts, observation }: PairView, role: Role): AppError {
  const host = observation?.hosts[role]
  const unseen = [host?.machine, pair.scope.database ? host?.server : undefined].find(
    (part) => part?.seen === false,
  )
  if (unseen?.seen === false)
    return new AppError(unseen.why.code, unseen.why.message, { fix: unseen.why.fix })
  return new AppError(
    'PRECONDITION_FAILED',
    `${hosts[role].name} does not say which role it has for the files.`,
    { fix: 'Look at the pair’s page: it says what to do.' },
  )
}
