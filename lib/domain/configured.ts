import { isOwn } from '@/lib/domain/adopt/adoption'
import type { ServerFacts } from '@/lib/domain/observation'
import { type Role, vaultId } from '@/lib/domain/pair'
import { addressAsNetwork } from '@/lib/domain/pair-names'
import type { PairView } from '@/lib/domain/views'

/** Whether this server streams to the host of that address now. */
export const isStreamingTo = ({ senders }: ServerFacts, address: string): boolean =>
  senders.some((sender) => sender.state === 'streaming' && sender.clientAddress === address)

/** A host that a promotion left behind is no standby, unless somebody made it follow the new primary by hand. */
function isReplicated({
  pair,
  hosts,
  observation,
}: Pick<PairView, 'pair' | 'hosts' | 'observation'>): boolean {
  if (!pair.isPaired || !pair.scope.database) return false
  if (pair.formerPrimary === 'none') return true
  const primary = observation?.hosts.primary.server
  return primary?.seen === true && isStreamingTo(primary.value, hosts.standby.address)
}

/**
 * What the seed calls “Standby set to”: where the host in this role replicates its database to, as `<ip>/32`. Null where that is
 * nowhere: a promotion left the other host behind, or this host is not the pair's primary.
 */
export function standbySetTo(
  view: Pick<PairView, 'pair' | 'hosts' | 'observation'>,
  role: Role,
): string | null {
  return role === 'primary' && isReplicated(view) ? addressAsNetwork(view.hosts.standby.address) : null
}

/** What the seed calls “DB replication configured” of a standby: whether the host in this role follows the pair's primary. */
export const isSetToFollow = (view: Pick<PairView, 'pair' | 'hosts' | 'observation'>, role: Role): boolean =>
  role === 'standby' && isReplicated(view)

const isFoundCopied = ({ adoption, settings }: PairView['pair']): boolean => {
  const vault = settings.directories.find(({ id }) => id === vaultId)
  const copies = (adoption?.found.jobs ?? []).flatMap((job) => job.copies)
  return copies.some(({ to }) => to === vault?.path)
}

/**
 * What the seed calls “Vault sync configured”: the pair has its vault among its files, and the standby, which pulls them, has the
 * schedule. Null where the standby is not seen, so that nobody knows; a host that a promotion left behind pulls nothing.
 */
export function vaultSyncConfigured({
  pair,
  observation,
}: Pick<PairView, 'pair' | 'observation'>): boolean | null {
  const { scope, settings } = pair
  if (!pair.isPaired || !scope.files || !settings.directories.some(({ id }) => id === vaultId)) return false
  // Somebody else's jobs are known as they were found.
  if (!isOwn(pair, 'files')) return isFoundCopied(pair)
  const machine = observation?.hosts.standby.machine
  if (machine?.seen) return machine.value.syncScheduled
  return pair.formerPrimary === 'none' ? null : false
}
