import { z } from 'zod'
import { readKeptNotes } from '@/lib/commands/kept-data'
import { operationOfRole } from '@/lib/commands/postgres-roles'
import type { Host } from '@/lib/domain/host'
import { pairPlaces } from '@/lib/domain/host-places'
import { createInput } from '@/lib/domain/inputs'
import type { Operation } from '@/lib/domain/operation'
import { type Pair, type Role, roles } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { createFacts } from '@/lib/operations/create/facts'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import { ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import type { UnpairFacts } from '@/lib/operations/unpair/facts'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

/** What of an operation is needed to tell what it did. */
export type PastOperation = Pick<Operation, 'id' | 'pairId' | 'kind' | 'state' | 'plan' | 'input'>

type Given = {
  readonly doors: Readonly<Record<Role, HostDoor>>
  readonly hosts: Readonly<Record<Role, Host>>
  readonly pair: Pair
  readonly profile: Profile
  readonly operations: readonly PastOperation[]
  readonly findOperation: (id: string) => Promise<PastOperation | null>
  readonly facts: Readonly<Record<Role, Pick<HostFacts, 'machine' | 'server'>>>
}

/** What a host can't tell, another place may: an empty answer. An error of our own is thrown. */
async function orNone(read: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}

/** The operation that made the roles, as their comment says. */
async function namedByRoles({ doors, pair, profile }: Given, role: Role): Promise<readonly string[]> {
  const session = await doors[role].database(ownerTarget(profile.postgres))
  try {
    const { text, params, parse } = operationOfRole(pair.slug)
    return parse(await session.query(text, params))
  } finally {
    await session.close()
  }
}

/** The operations whose notes of data that was put aside lie on the host. */
async function namedByNotes({ doors, hosts, pair }: Given, role: Role): Promise<readonly string[]> {
  const read = readKeptNotes(pairPlaces(hosts[role], pair.slug))
  const { stdout } = await doors[role].runOrThrow(read, { timeoutMs: 15_000 })
  return [...stdout.matchAll(/"operation":"([0-9a-f-]{36})"/g)].map((match) => match[1] ?? '')
}

/**
 * The operation that made the pair, or took its replication over: the one that the hosts name themselves, else the latest one that succeeded. Null
 * where the store does not have it, or can't read it any more.
 */
export async function findCreated(given: Given): Promise<UnpairFacts['created']> {
  const { facts, pair } = given
  const asked = roles.filter((role) => facts[role].machine.seen)
  const answers = await Promise.all(
    asked.flatMap((role) => [
      ...(pair.scope.database && facts[role].server.seen ? [orNone(() => namedByRoles(given, role))] : []),
      orNone(() => namedByNotes(given, role)),
    ]),
  )
  const kind = pair.adoption ? 'adopt' : 'create'
  const isOne = (made: PastOperation) =>
    made.kind === kind && made.state === 'succeeded' && made.pairId === pair.id
  const named = await Promise.all([...new Set(answers.flat())].map(given.findOperation))
  // Notes of earlier pairs may still be there: the latest of what is named made this one.
  const [latest] = named
    .flatMap((found) => (found && isOne(found) ? [found] : []))
    .toSorted((one, other) => other.plan.madeAt.localeCompare(one.plan.madeAt))
  const made = latest ?? given.operations.find(isOne)
  if (!made) return null
  const [input, found] = [createInput.safeParse(inputOfMade(made)), createFacts.safeParse(made.plan.facts)]
  if (!input.success || !found.success) return null
  return {
    operationId: made.id,
    kind,
    hosts: made.plan.hosts,
    input: input.data,
    facts: found.data,
  }
}

/** The pair as the operation was asked for it; of one that took it over its plan says it. */
const inputOfMade = ({ kind, input, plan }: PastOperation): unknown =>
  kind === 'create' ? input : adoptedInput.safeParse(plan.facts).data?.input

const adoptedInput = z.object({ input: createInput })
