import type { Host } from '@/lib/domain/host'
import type { Instant } from '@/lib/domain/observation'
import type { PromotedByHand } from '@/lib/domain/promoted-by-hand'
import type { Doors } from '@/lib/ports/host-door'
import type { Leases } from '@/lib/ports/leases'
import type { Store } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

export type WatchDeps = {
  readonly store: Pick<Store, 'pairs' | 'hosts' | 'operations' | 'observations' | 'packageDrifts' | 'listen'>
  readonly doors: Doors
  /** By id. A pair whose profile is not among them is not watched; its page says why. */
  readonly profiles: ReadonlyMap<string, Profile>
  readonly leases: Leases
  readonly clock: Clock
  /** Told of each former primary that came back writable, and again each minute, where the pair is set to fence it by itself. */
  readonly onReturn?: (slug: string, returnId: string) => void
  /** Told of each host that answers: when it is first seen, comes back, or an operation has moved. */
  readonly onAnswer?: (host: Host) => void
  /** Told of each pause whose time is over while its standby answers, and again each 10 s while it lasts. */
  readonly onPauseOver?: (slug: string, pauseId: string) => void
  /** Told of each drill whose time has come while its pair is protected and free, and again each minute while its hour lasts. */
  readonly onDrillDue?: (slug: string, dueAt: Instant) => void
  /** Told of each promotion by the break-glass kit that the pair's record does not know, again and again until it does. */
  readonly onPromotedByHand?: (slug: string, found: PromotedByHand) => void
  /** As pino's: the error as `err`. */
  readonly warn: (about: Readonly<Record<string, unknown>>, message: string) => void
  /** From the start of one look to the start of the next; a second when left out. */
  readonly intervalMs?: number
}
