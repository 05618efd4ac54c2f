import type { Doors } from '@/lib/ports/host-door'
import type { DrillRepository, HostRepository, OperationRepository, PairRepository } from '@/lib/ports/store'
import type { Profile } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

/** What running operations need of the process that they run in; `lib/runtime` wires it. */
export type OperationPorts = {
  readonly doors: Pick<Doors, 'door'>
  readonly hosts: Pick<HostRepository, 'find'>
  readonly pairs: Pick<PairRepository, 'find' | 'update' | 'secret' | 'setSecret'>
  /** What drills show, from their begin on. */
  readonly drills: Pick<DrillRepository, 'find' | 'begin' | 'change'>
  /** To tell whether the operation that left a lock on a host has ended. */
  readonly operations: Pick<OperationRepository, 'find'>
  /** Who acts, as the locks on hosts say it. */
  readonly dashboard: {
    identity(): Promise<string>
    /** Name of the machine that this process runs on. */
    readonly machine: string
  }
  /** Throws NOT_FOUND. */
  readonly profile: (id: string) => Profile
  /** A new password at random, printable ASCII without characters that need quoting. */
  readonly makePassword: () => string
  /** What PostgreSQL stores for a password (`lib/io/secrets/scram-verifier`). */
  readonly scramVerifier: (password: string) => string
  readonly clock: Clock
}
