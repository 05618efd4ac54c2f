import { lockExitCodes } from '@/lib/commands/host-lock'
import { type HostLock, hostLockText } from '@/lib/domain/host-lock'
import type { Operation, OperationState, Plan } from '@/lib/domain/operation'
import { type Role, roles } from '@/lib/domain/pair'
import { holdHosts } from '@/lib/operations/hold-hosts'
import { profileOf } from '@/test/harness/operation-facts'
import { groundOf, grounds } from '@/test/harness/plan-variants'
import { type Answer, ScriptedDoor } from '@/test/harness/scripted-door'

export const dashboardId = 'our-dashboard'
export const machineIds: Readonly<Record<Role, string>> = {
  primary: 'a'.repeat(32),
  standby: 'b'.repeat(32),
}

export const lockOf = (over: Partial<HostLock> = {}): HostLock => ({
  operationId: 'ffffffff-0000-4000-8000-000000000000',
  what: 'promote of pair ledger',
  by: 'bob',
  reason: 'maintenance',
  since: '2026-11-23T02:00:00.000Z',
  dashboardId,
  from: 'desk (192.0.2.9)',
  ...over,
})

/** A lock that another has, as the host answers it. */
export const held = (lock: HostLock): Answer => ({ exitCode: lockExitCodes.held, stdout: hostLockText(lock) })

const [made] = grounds
if (!made) throw new Error('no ground')
const { hosts: registered, pair } = groundOf(made.given)
export const hosts = registered

export const operation: Operation = {
  id: made.create.operationId,
  pairId: pair.id,
  kind: 'create',
  state: 'running',
  plan: made.create,
  input: {},
  reason: 'A standby is wanted.',
  startedBy: 'ann',
  createdAt: made.create.madeAt,
  endedAt: null,
}

/** A plan that acts on one of the two hosts alone. */
export const planOn = (acted: Role): Plan => ({
  ...operation.plan,
  steps: operation.plan.steps.filter(({ host }) => host === acted),
})

/** Two hosts that answer as they are told, and what is held there. */
export function holdGround() {
  const taking: Record<Role, Answer[]> = { primary: ['taken\n'], standby: ['taken\n'] }
  /** What a host says of the lock that stands there. */
  const lockRead: Record<Role, Answer> = { primary: '', standby: '' }
  /** What our own record knows of operations. */
  const others = new Map<string, OperationState>()
  const doorOf = (role: Role) => {
    const door = new ScriptedDoor()
    door.onAsk = ({ text }) => {
      if (text.includes('SSH_CONNECTION')) return '192.0.2.7\n'
      return text.includes('machine-id') ? `${machineIds[role]}\nheld\n` : lockRead[role]
    }
    door.onRun = ({ text }) => {
      if (!text.includes('machine-id')) return ''
      const [first, ...rest] = taking[role]
      if (rest.length > 0) taking[role] = rest
      return first ?? ''
    }
    return door
  }
  const doors = { primary: doorOf('primary'), standby: doorOf('standby') }
  const ports = {
    clock: { now: () => new Date('2026-11-23T03:00:00Z') },
    dashboard: { identity: async () => dashboardId, machine: 'desk' },
    operations: {
      find: async (id: string) => {
        const state = others.get(id)
        return state === undefined ? null : { ...operation, id, state }
      },
    },
  }
  const hold = (
    plan = operation.plan,
    known: Readonly<Record<Role, string | null>> = machineIds,
    { answered = roles }: { answered?: readonly Role[] } = {},
  ) =>
    holdHosts({
      operation: { ...operation, plan },
      opened: { pair, profile: profileOf(), hosts, doors },
      ports,
      machineIds: known,
      answered: new Set(answered),
      patienceMs: 20,
    })
  const ranOn = (role: Role, part: string) => doors[role].ran.filter(({ text }) => text.includes(part)).length
  return { taking, lockRead, others, doors, ports, hold, ranOn }
}
