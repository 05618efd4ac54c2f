import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { PairPlaces } from '@/lib/domain/host-places'

/** One of the operator's own commands after a promotion, in its own shell; who is who stands in its environment. */
export const hookCommand = (
  at: PairPlaces,
  command: string,
  addresses: { readonly primary: string; readonly formerPrimary: string },
): Command =>
  asKeeper(
    at,
    sh`export UNDERSTUDY_EVENT=promoted UNDERSTUDY_PAIR=${at.slug}
export UNDERSTUDY_PRIMARY=${addresses.primary} UNDERSTUDY_FORMER_PRIMARY=${addresses.formerPrimary}
exec sh -c ${command} </dev/null`,
  )
