import { clientAddress } from '@/app/_server/client-address'
import type { SessionView } from '@/lib/domain/views'
import type { WebWiring } from '@/lib/runtime/web-wiring'
import type { ServiceContext } from '@/lib/services/context'

/** A verb's context for who is signed in. */
export const contextOf = (
  ground: WebWiring['ground'],
  user: NonNullable<SessionView['user']>,
  headers: Headers,
): ServiceContext => ({
  ...ground,
  actor: { kind: 'user', id: user.id, name: user.email, role: user.role },
  origin: clientAddress(headers),
})
