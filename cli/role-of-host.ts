import type { Role } from '@/lib/domain/pair'
import type { PairView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'

/** `primary`, `standby` or a host's name. Throws INVALID_INPUT for a host that is not the pair's. */
export function roleOfHost({ hosts }: Pick<PairView, 'hosts'>, name: string): Role {
  if (name === 'primary' || name === hosts.primary.name) return 'primary'
  if (name === 'standby' || name === hosts.standby.name) return 'standby'
  throw new AppError('INVALID_INPUT', `The pair has no host “${name}”.`, {
    fix: `Give primary, standby, ${hosts.primary.name} or ${hosts.standby.name}.`,
  })
}
