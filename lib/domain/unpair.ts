import type { HostId } from '@/lib/domain/host'
import type { Instant } from '@/lib/domain/observation'

/**
 * As what an unpair leaves the standby. `stopped`: PostgreSQL is stopped, and what it holds stays a standby's that follows nobody.
 * `standalone`: promoted by itself, a writable copy that goes its own way. `original`: the data that create put aside is back in its
 * place, and the copy is put aside. `as-found`: of a pair that somebody else made: it follows as it did before it was taken over, and what copied
 * its files then copies them again.
 */
export const leaveChoices = ['stopped', 'standalone', 'original', 'as-found'] as const
export type Leave = (typeof leaveChoices)[number]

/** A host on which something of a pair is left that was taken apart while the host was away. */
export type OwedHost = {
  readonly hostId: HostId
  /** As what it is left, where it was the standby. */
  readonly leave: Leave
  readonly since: Instant
}
