import type { FoundJob, FoundManager } from '@/lib/domain/adopt/found-replication'
import type { AdoptPiece } from '@/lib/domain/adopt/pieces'
import type { Host } from '@/lib/domain/host'
import type { OperationId } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { AdoptFacts } from '@/lib/operations/adopt/facts'
import { foundJobs } from '@/lib/operations/adopt/recognise/jobs'
import { foundManagers, isAtWork } from '@/lib/operations/adopt/recognise/maker'
import { type FoundStream, foundStream } from '@/lib/operations/adopt/recognise/stream'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import type { Profile } from '@/lib/profiles/schema'

type OfAdopt = { readonly facts: AdoptFacts }

/** What every step is given: what a create's is, and what was found of what replicates. */
export type AdoptContext = CreateContext & OfAdopt

/** What plan and steps are built from. */
export type AdoptBasis = CreateBasis &
  OfAdopt & {
    readonly stream: FoundStream
    /** Jobs that are taken out with the copying of files. */
    readonly jobs: readonly FoundJob[]
    /** Programs that are kept from failing over, with the replication. */
    readonly managers: readonly FoundManager[]
  }

export type AdoptGround = {
  readonly operationId: OperationId
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly facts: AdoptFacts
}

/** Null while one of the servers could not be asked for what the steps need. */
export function adoptBasis(ground: AdoptGround): AdoptBasis | null {
  const { facts, hosts } = ground
  const [primary, standby] = [
    postgresLayoutOf(facts.primary, hosts.primary),
    postgresLayoutOf(facts.standby, hosts.standby),
  ]
  if (!primary || !standby) return null
  return {
    ...ground,
    input: facts.input,
    layouts: { primary, standby },
    stream: foundStream(ground),
    jobs: foundJobs(ground),
    managers: foundManagers(ground).filter(isAtWork),
  }
}

export const takes = ({ facts }: OfAdopt, piece: AdoptPiece): boolean => facts.pieces.includes(piece)

/** The slot that the stream has used, and nobody will use once it is ours; null where there is none. */
export function slotLeft(
  { stream: { slot, primary } }: Pick<AdoptBasis, 'stream'>,
  own: string,
): string | null {
  const found = primary.replication?.slots.find(({ name }) => name === slot)
  return found?.isPhysical && found.name !== own ? found.name : null
}
