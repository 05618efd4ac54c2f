import type { Lab } from '@/lab/lab'
import type { Operation } from '@/lib/domain/operation'
import type { Leave } from '@/lib/domain/unpair'
import { openUnpair } from '@/lib/operations/unpair/open-unpair'
import { planUnpair } from '@/lib/operations/unpair/plan-unpair'
import { readUnpairFacts } from '@/lib/operations/unpair/read-unpair-facts'
import { systemClock } from '@/lib/time'
import type { ProvingGround } from '@/test/harness/engine-trial'
import type { LabPair } from '@/test/harness/lab-pair'
import { queuedOperation } from '@/test/harness/operation-events'

/** The pair's hosts in the roles that it has now. */
function hostsNow({ hosts, pairs }: LabPair) {
  const isTurned = pairs.current.hosts.primary === hosts.standby.id
  return isTurned ? { primary: hosts.standby, standby: hosts.primary } : hosts
}

/** An unpair of two real hosts, planned from what is reachable now. What is done is verified by the test, by what it chose. */
export async function unpairGround(
  lab: Lab,
  pair: LabPair,
  leave: Leave,
): Promise<ProvingGround<null> & { operation: Operation }> {
  const hosts = hostsNow(pair)
  const doors = { primary: pair.doors.door(hosts.primary), standby: pair.doors.door(hosts.standby) }
  const { profile, operations } = pair
  const { current } = pair.pairs
  const facts = await readUnpairFacts({
    doors,
    hosts,
    pair: current,
    profile,
    latest: null,
    leave,
    operations,
    findOperation: async (id) => operations.find((operation) => operation.id === id) ?? null,
    clock: systemClock,
  })
  const plan = planUnpair(
    { operationId: crypto.randomUUID(), pair: current, profile, hosts, facts },
    new Date(),
  )
  const operation = queuedOperation(plan, { acknowledgement: plan.acknowledgement, options: { leave } })
  const opened = await openUnpair(operation, pair.ports)
  const isSame = async () => {
    const serving = lab.hosts.find(({ address }) => address === hosts.primary.address)
    if (!serving?.isOn()) return
    if ((await serving.sql('select pg_is_in_recovery()')) !== 'f')
      throw new Error('the primary does not serve')
  }
  return {
    plan,
    operation,
    steps: opened.steps,
    hold: opened.hold,
    context: null,
    verifyInvariants: isSame,
    async verifyDone() {
      if (pair.pairs.current.isPaired) throw new Error('the hosts are still recorded as a pair')
    },
    async verifyUndone() {
      if (!pair.pairs.current.isPaired) throw new Error('the pair is not recorded any more')
      const seen = await lab.host(1).sql('select pg_is_in_recovery(), status from pg_stat_wal_receiver')
      if (seen !== 't|streaming') throw new Error(`the standby does not stream: ${seen}`)
    },
    dispose: () => opened.close(),
  }
}
