import type { Operation } from '@/lib/domain/operation'
import { type Role, roles } from '@/lib/domain/pair'
import { AppError, hasCode } from '@/lib/errors'
import type { OperationContext } from '@/lib/operations/context'
import type { OpenedOperation } from '@/lib/operations/engine/opened-operation'
import { SecretMask } from '@/lib/operations/engine/secret-mask'
import { holdHosts } from '@/lib/operations/hold-hosts'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { ownerDatabase } from '@/lib/operations/owner-database'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import type { PairSecrets } from '@/lib/ports/pair-secrets'
import { pairSecretNames } from '@/lib/ports/store'

/** The passwords of a pair's roles; one that is not there yet is made and stored before it is used. None of them is recorded. */
function pairSecrets(ports: OperationPorts, pairId: string, mask: SecretMask): PairSecrets {
  return {
    async ensure(name) {
      const known = await ports.pairs.secret(pairId, name)
      const secret = known ?? ports.makePassword()
      mask.add(secret)
      if (known === null) await ports.pairs.setSecret(pairId, name, secret)
      return secret
    },
    makeOnce() {
      const secret = ports.makePassword()
      mask.add(secret)
      return secret
    },
    hide: mask.hide,
    scramVerifier: ports.scramVerifier,
  }
}

/** A mask that knows the pair's passwords. One that can't be read must not keep a promotion from being: it is asked for by nobody then. */
async function maskOf(ports: OperationPorts, pairId: string): Promise<SecretMask> {
  const mask = new SecretMask()
  for (const name of pairSecretNames)
    mask.add(
      await ports.pairs.secret(pairId, name).catch((error: unknown) => {
        if (hasCode(error, 'SECRET_UNREADABLE')) return null
        throw error
      }),
    )
  return mask
}

const gone = (what: string) =>
  new AppError('NOT_FOUND', `${what} of this operation is not registered any more.`, {
    fix: 'Close the operation; register the hosts anew and start again.',
  })

/**
 * The part of every operation's context that is not its plan's facts: the pair as it was planned (its roles may have
 * been exchanged meanwhile by this very operation), its hosts, their doors and databases.
 */
export async function openHosts(
  operation: Operation,
  ports: OperationPorts,
): Promise<Omit<OperationContext, 'layouts'>> {
  const pair = await ports.pairs.find(operation.pairId)
  if (!pair) throw gone('The pair')
  const planned = { ...pair, hosts: operation.plan.hosts }
  const profile = ports.profile(pair.profileId)
  const open = async (role: Role) => {
    const host = await ports.hosts.find(planned.hosts[role])
    if (!host) throw gone('A host')
    const door = ports.doors.door(host, profile.postgres.osUser)
    return { host, door, database: ownerDatabase(() => door.database(ownerTarget(profile.postgres))) }
  }
  const [primary, standby] = await Promise.all([open('primary'), open('standby')])
  return {
    operationId: operation.id,
    pair: planned,
    profile,
    hosts: { primary: primary.host, standby: standby.host },
    doors: { primary: primary.door, standby: standby.door },
    databases: { primary: primary.database, standby: standby.database },
    secrets: pairSecrets(ports, pair.id, await maskOf(ports, pair.id)),
    pairs: ports.pairs,
    clock: ports.clock,
  }
}

/** What the engine needs around the steps: the locks on the two hosts, what may not be recorded, and how what was opened is closed. */
export const holdOf = (
  operation: Operation,
  opened: Omit<OperationContext, 'layouts'>,
  ports: OperationPorts,
  facts: Readonly<Record<Role, HostFacts>>,
): Omit<OpenedOperation, 'steps'> => {
  const machineIdOf = ({ machine, registeredMachineId }: HostFacts) =>
    answerOf(machine)?.machineId ?? registeredMachineId
  const machineIds = { primary: machineIdOf(facts.primary), standby: machineIdOf(facts.standby) }
  const answered = new Set(roles.filter((role) => facts[role].machine.seen))
  const hold = holdHosts({ operation, opened, ports, machineIds, answered })
  return {
    hold,
    hide: opened.secrets.hide,
    async close() {
      hold.close()
      await closeDatabases(opened)
    },
  }
}

/** Ends the sessions that an operation opened; the doors stay, they are the process's. */
async function closeDatabases({ databases }: Pick<OperationContext, 'databases'>): Promise<void> {
  await Promise.allSettled([databases.primary.close(), databases.standby.close()])
}
