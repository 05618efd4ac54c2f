import type { Actor } from '@/lib/domain/user'
import type { AccessProbe, Doors } from '@/lib/ports/host-door'
import type { Passwords } from '@/lib/ports/passwords'
import type { Planners } from '@/lib/ports/planners'
import type { Store } from '@/lib/ports/store'
import type { LoadedProfiles } from '@/lib/profiles/loaded-profiles'
import type { Clock } from '@/lib/time'

/** What every verb is given beside its input. Adapters (page, HTTP, command line) build it; verbs authorise by it. */
export type ServiceContext = LoadedProfiles & {
  readonly actor: Actor
  /** Where the request came from: an address, or `command line`. */
  readonly origin: string
  readonly store: Store
  readonly clock: Clock
  readonly doors: Doors
  readonly access: AccessProbe
  readonly planners: Planners
  readonly passwords: Passwords
}
