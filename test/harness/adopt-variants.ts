import type { Host } from '@/lib/domain/host'
import type { Plan } from '@/lib/domain/operation'
import type { Pair, Role } from '@/lib/domain/pair'
import type { AdoptFacts } from '@/lib/operations/adopt/facts'
import { planAdopt } from '@/lib/operations/adopt/plan-adopt'
import { recognise } from '@/lib/operations/adopt/recognise/recognise'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import { inputOf } from '@/lib/operations/repair/input-of'
import type { Profile } from '@/lib/profiles/schema'
import { anAdoption } from '@/test/harness/adoption'
import { type FoundKind, foundFactsOf } from '@/test/harness/found-facts'

export type AdoptVariant = {
  readonly kind: FoundKind
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly found: Readonly<Record<Role, HostFacts>>
  readonly operationId: string
  /** What is taken over; all where empty. */
  readonly pieces: AdoptFacts['pieces']
  /** What is otherwise on the hosts by then than when it was observed. */
  readonly change?: (facts: AdoptFacts) => AdoptFacts
}

/** What was recorded of `alpha` and `beta`, as it would read at other addresses. */
const at = (facts: AdoptFacts, { primary, standby }: AdoptVariant['hosts']): AdoptFacts =>
  JSON.parse(
    JSON.stringify(facts).replaceAll('10.7.0.11', primary.address).replaceAll('10.7.0.12', standby.address),
  )

/** The plan by which a pair that was recorded is taken over; it was observed as it is found. */
export function adoptVariant(given: AdoptVariant, now: Date): Plan {
  const { kind, hosts, profile, found } = given
  const base = foundFactsOf(kind, found, { addresses: { alpha: [hosts.primary.address] } })
  const facts = at({ ...base, pieces: [], taken: [], input: inputOf(given.pair), hbaBlocks }, hosts)
  const seen = recognise({ facts, profile }, now)
  const { scope } = given.pair
  const left = seen.proposal.pieces.filter((piece) => piece !== 'files' || scope.files)
  const adoption = anAdoption({ found: seen.found, pieces: left })
  const pair = { ...given.pair, isPaired: true, adoption }
  const pieces = given.pieces.length > 0 ? given.pieces : [...left]
  const planned = { ...facts, pieces, input: inputOf(pair) }
  return planAdopt({ ...given, pair, facts: given.change?.(planned) ?? planned }, now)
}

const hbaBlocks = { primary: null, standby: null }
