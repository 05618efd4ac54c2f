import type { Host } from '@/lib/domain/host'
import type { Operation } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { Repositories } from '@/lib/ports/store'
import { type LoadedProfiles, missingProfile } from '@/lib/profiles/loaded-profiles'
import type { Profile } from '@/lib/profiles/schema'

type Hosts = Pick<Repositories, 'hosts'>

/** Throws NOT_FOUND. */
export async function findHost({ hosts }: Hosts, id: string): Promise<Host> {
  const host = await hosts.find(id)
  if (!host)
    throw new AppError('NOT_FOUND', 'There is no such host.', { fix: 'Choose one from the list of hosts.' })
  return host
}

/** Both hosts of a pair or of a plan. Throws NOT_FOUND. */
export async function findHosts(
  store: Hosts,
  ids: Readonly<Record<Role, string>>,
): Promise<Readonly<Record<Role, Host>>> {
  const [primary, standby] = await Promise.all([findHost(store, ids.primary), findHost(store, ids.standby)])
  return { primary, standby }
}

/** Their names for an audit row; of one that there is not what was given. */
export async function hostNames({ hosts }: Hosts, ids: Readonly<Record<Role, string>>): Promise<string> {
  const nameOf = async (id: string) => (await hosts.find(id))?.name ?? id
  return (await Promise.all([nameOf(ids.primary), nameOf(ids.standby)])).join(' and ')
}

/** Throws NOT_FOUND. */
export async function findPair({ pairs }: Pick<Repositories, 'pairs'>, slug: string): Promise<Pair> {
  const pair = await pairs.findBySlug(slug)
  if (!pair)
    throw new AppError('NOT_FOUND', `There is no pair “${slug}”.`, {
      fix: 'Choose one from the list of pairs.',
    })
  return pair
}

/** Throws NOT_FOUND. */
export async function findOperation(
  { operations }: Pick<Repositories, 'operations'>,
  id: string,
): Promise<Operation> {
  const operation = await operations.find(id)
  if (!operation)
    throw new AppError('NOT_FOUND', 'There is no such operation.', {
      fix: 'Choose one from the pair’s history.',
    })
  return operation
}

/** Throws PROFILE_INVALID: the file that a pair was made with may have gone since, or can't be used any more. */
export function findProfile(loaded: LoadedProfiles, id: string): Profile {
  const profile = loaded.profiles.get(id)
  if (!profile) throw missingProfile(id, loaded)
  return profile
}
