import type { MachineParity } from '@/lib/facts/machine-parity'
import type { DatabaseParity, ServerParity, StandbySupplies } from '@/lib/facts/server-parity'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { createFactsOf, createInputOf, profileOf } from '@/test/harness/operation-facts'
import { databaseParityOf, hostParityOf, parityFactsOf } from '@/test/harness/parity-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })

/** What is different on two hosts that else suit each other. */
export type ParityChange = {
  readonly primary?: readonly [Partial<MachineParity>, Partial<ServerParity>]
  readonly standby?: readonly [Partial<MachineParity>, Partial<ServerParity>]
  readonly ledger?: Partial<DatabaseParity>
  readonly supplies?: Partial<StandbySupplies>
  readonly more?: Partial<NonNullable<CreateFacts['parity']>>
  readonly facts?: Partial<CreateFacts>
}

/** `outcome`, and whether an operator may go on all the same. */
export type ParityRow = readonly [
  check: string,
  outcome: 'pass' | 'warn' | 'fail' | 'fail, can be overridden',
  when: string,
  change: ParityChange,
  says: string,
]

function factsOf({ primary, standby, ledger, supplies, more, facts }: ParityChange): CreateFacts {
  const extensions = [{ name: 'plpgsql', versions: ['1.0'] }]
  return createFactsOf({
    parity: parityFactsOf({
      ...(primary ? { primary: hostParityOf(...primary) } : {}),
      ...(standby ? { standby: hostParityOf(...standby) } : {}),
      ...(ledger ? { databases: [{ name: 'ledger', found: seen(databaseParityOf(ledger)) }] } : {}),
      supplies: seen({ missingLibraries: [], extensions, ...supplies }),
      ...more,
    }),
    ...facts,
  })
}

/** The check of that name in the preflight of a create on such hosts. */
export const parityCheck = (id: string, change: ParityChange) =>
  createPreflight({ facts: factsOf(change), input: createInputOf(), profile: profileOf() }).find(
    (check) => check.id === id,
  )

/** What a row says of its check, as an object to be matched. */
export function expected([, wanted]: ParityRow) {
  const [outcome, more] = wanted.split(', ')
  return { outcome, canOverride: more !== undefined }
}
