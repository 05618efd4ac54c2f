import type { Lab } from '@/lab/lab'
import { openFence } from '@/lib/operations/fence/open-fence'
import { planFence } from '@/lib/operations/fence/plan-fence'
import { layoutsOf } from '@/lib/operations/last-layout'
import { readPromoteFacts } from '@/lib/operations/promote/read-promote-facts'
import { systemClock } from '@/lib/time'
import type { ProvingGround } from '@/test/harness/engine-trial'
import type { LabPair } from '@/test/harness/lab-pair'
import { worldOf } from '@/test/harness/lab-worlds'
import { queuedOperation } from '@/test/harness/operation-events'

/** Fencing lab host 0, which was the primary before lab host 1 was promoted. */
export async function fenceGround(lab: Lab, pair: LabPair): Promise<ProvingGround<null>> {
  const [former, primary] = [lab.host(0), lab.host(1)]
  const { hosts, profile } = pair
  const doors = { primary: pair.doors.door(hosts.primary), standby: pair.doors.door(hosts.standby) }
  const layouts = async () => layoutsOf(pair.operations, hosts.primary)
  const ground = { doors, hosts, profile, latest: null, layouts, clock: systemClock }
  const facts = await readPromoteFacts(ground)
  const planned = { operationId: crypto.randomUUID(), pair: pair.pairs.current, profile, hosts, facts }
  const plan = planFence(planned, new Date())
  const operation = queuedOperation(plan, {})
  const opened = await openFence(operation, pair.ports)
  const verifyServing = async () => {
    if ((await primary.sql('select pg_is_in_recovery()')) !== 'f')
      throw new Error('the new primary is not writable')
    await primary.exec(worldOf(primary).check)
  }
  return {
    plan,
    steps: opened.steps,
    hold: opened.hold,
    context: null,
    verifyInvariants: verifyServing,
    async verifyDone() {
      if ((await former.tryExec('pg_isready -q')).exitCode === 0) throw new Error('the former primary runs')
    },
    async verifyUndone() {
      throw new Error('a fence is never undone')
    },
    dispose: () => opened.close(),
  }
}
