import type { Lab } from '@/lab/lab'
import type { Operation } from '@/lib/domain/operation'
import { layoutsOf } from '@/lib/operations/last-layout'
import { openPromote } from '@/lib/operations/promote/open-promote'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { readPromoteFacts } from '@/lib/operations/promote/read-promote-facts'
import type { StoredObservation } from '@/lib/ports/store'
import { systemClock } from '@/lib/time'
import type { ProvingGround } from '@/test/harness/engine-trial'
import type { LabPair } from '@/test/harness/lab-pair'
import { worldOf } from '@/test/harness/lab-worlds'
import { queuedOperation } from '@/test/harness/operation-events'

/**
 * A promotion on two real hosts that are a pair, planned from what is reachable now; `latest` is what the watch saw last. Lab host 0 is the
 * old primary.
 */
export async function promoteGround(
  lab: Lab,
  pair: LabPair,
  latest: StoredObservation | null = null,
): Promise<ProvingGround<null> & { operation: Operation }> {
  const [old, standby] = [lab.host(0), lab.host(1)]
  const { hosts } = pair
  const doors = { primary: pair.doors.door(hosts.primary), standby: pair.doors.door(hosts.standby) }
  const layouts = async () => layoutsOf(pair.operations, hosts.primary)
  const { profile } = pair
  const facts = await readPromoteFacts({ doors, hosts, profile, latest, layouts, clock: systemClock })
  const plan = planPromote(
    { operationId: crypto.randomUUID(), pair: pair.pairs.current, profile, hosts, facts },
    new Date(),
  )
  const operation = queuedOperation(plan, { acknowledgement: plan.acknowledgement })
  pair.operations.unshift(operation)
  const opened = await openPromote(operation, pair.ports)
  const isWritable = async (host: typeof old) =>
    host.isOn() && (await host.sql('select pg_is_in_recovery()').catch(() => 'does not answer')) === 'f'
  return {
    plan,
    operation,
    steps: opened.steps,
    hold: opened.hold,
    context: null,
    async verifyInvariants() {
      if ((await isWritable(old)) && (await isWritable(standby))) throw new Error('two writable primaries')
    },
    async verifyDone() {
      if (!(await isWritable(standby))) throw new Error('the promoted host is not writable')
      await standby.exec(worldOf(standby).check)
      const { current } = pair.pairs
      if (current.hosts.primary !== hosts.standby.id) throw new Error('the roles were not exchanged')
    },
    async verifyUndone() {
      if (!(await isWritable(old))) throw new Error('the old primary is not back')
      await old.exec(worldOf(old).check)
      const seen = await standby.sql('select pg_is_in_recovery()')
      if (seen !== 't') throw new Error('the standby is not in recovery')
    },
    dispose: () => opened.close(),
  }
}
