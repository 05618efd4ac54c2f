import type { Role } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { AppError, hasCode } from '@/lib/errors'
import { clientsQuestion, parseServerIdentity, serverIdentityQuestion } from '@/lib/facts/server-identity'
import { askHost } from '@/lib/operations/ask-host'
import type { OperationContext } from '@/lib/operations/context'
import type { Proof } from '@/lib/operations/engine/step'

/** As what the host's PostgreSQL may be found. `starting`: it runs and does not answer yet; `hung`: it does not answer in time. */
type ServerState = 'primary' | 'standby' | 'starting' | 'hung' | 'stopped'

type Expected = {
  readonly role: Role
  readonly layout: Pick<PostgresLayout, 'binDirectory' | 'dataDirectory'>
  /** System identifier that the plan found, and that the data must still carry; empty: there were no data that could be read. */
  readonly systemIdentifier: string
  readonly states: readonly ServerState[]
  /** A stopped server must be one that comes up read-only. */
  readonly needsSignal?: boolean
  /** Nobody but us may be connected. */
  readonly isUnused?: boolean
}

type Ground = Pick<OperationContext<PostgresLayout | null>, 'doors' | 'databases' | 'hosts'>

const stateWords: Readonly<Record<ServerState, string>> = {
  primary: 'accepts writes',
  standby: 'is in recovery',
  starting: 'is starting',
  hung: 'runs and does not answer',
  stopped: 'does not run',
}

async function readState(
  { databases }: Ground,
  { role, states }: Expected,
  hasSignal: boolean,
): Promise<ServerState> {
  try {
    const [row] = await databases[role].query('select pg_is_in_recovery() as recovering')
    return row?.recovering === true ? 'standby' : 'primary'
  } catch (error) {
    if (hasCode(error, 'POSTGRES_STARTING', 'POSTGRES_DOWN')) return 'starting'
    // One that can't be asked is told by what it would come up as.
    if (hasCode(error, 'POSTGRES_TIMED_OUT') && states.includes('hung')) return hasSignal ? 'standby' : 'hung'
    throw error
  }
}

async function refuseClients({ databases, hosts }: Ground, role: Role): Promise<void> {
  const clients = await databases[role].query(clientsQuestion)
  if (clients.length === 0) return
  const words = clients
    .slice(0, 3)
    .map((row) => `${row.sessions} of ${row.application} (${row.role}, ${row.address})`)
  throw new AppError(
    'PRECONDITION_FAILED',
    `The database on ${hosts[role].name} is in use: ${words.join(', ')}.`,
    {
      fix: 'It must have no clients: see who they are and end them, or choose another host; then resume.',
    },
  )
}

/**
 * The proof of a step that would do harm on the wrong host or at the wrong time: the data there are those of the plan (system
 * identifier), and its server is as this step expects it. That it is the machine of the plan, reached under its pinned host key
 * and still held by this operation, was proved by the engine just before.
 */
export function proveHost<C extends Ground>(expected: Expected): Proof<C> {
  const { role, layout, systemIdentifier, states, needsSignal = false, isUnused = false } = expected
  return async (context) => {
    const { name } = context.hosts[role]
    const found = parseServerIdentity(await askHost(context.doors[role], serverIdentityQuestion(layout)))
    if ((found.systemIdentifier ?? '') !== systemIdentifier)
      throw new AppError('WRONG_HOST', `${name} does not carry the data that the plan was made for.`, {
        fix: 'Find out what answers at its address and who changed its data, then plan again.',
        detail: `system identifier ${found.systemIdentifier}, expected ${systemIdentifier} in ${layout.dataDirectory}`,
      })
    const state = found.isRunning ? await readState(context, expected, found.hasSignal) : 'stopped'
    const isReadOnly = state !== 'stopped' || !needsSignal || found.hasSignal
    if (!states.includes(state) || !isReadOnly)
      throw new AppError(
        'PRECONDITION_FAILED',
        `PostgreSQL on ${name} ${isReadOnly ? stateWords[state] : 'would come up writable'}.`,
        {
          fix: 'Somebody changed it since the plan was made: find out who, then resume or plan again.',
          detail: `expected: ${states.join(' or ')}${needsSignal ? ', with standby.signal' : ''}`,
        },
      )
    if (isUnused && found.isRunning) await refuseClients(context, role)
    return `${name} proved itself: system identifier ${systemIdentifier}, PostgreSQL ${stateWords[state]}${isUnused && found.isRunning ? ', nobody uses it' : ''}.`
  }
}
