import type { Actor } from '@/lib/domain/user'
import type { Store } from '@/lib/ports/store'
import type { Clock } from '@/lib/time'

/** What every verb is given beside its input. Adapters (page, HTTP, command line) build it; verbs authorise by it. */
export type ServiceContext = {
  readonly actor: Actor
  /** Where the request came from: an address, or `command line`. */
  readonly origin: string
  readonly store: Store
  readonly clock: Clock
}
