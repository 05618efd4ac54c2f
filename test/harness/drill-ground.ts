import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Drill } from '@/lib/domain/drill'
import { type DrillOptions, drillOptions } from '@/lib/domain/drill-options'
import { operationOutcome } from '@/lib/domain/operation-state'
import { awaitFact } from '@/lib/operations/await-fact'
import { openDrill } from '@/lib/operations/drill/open-drill'
import { readAndPlanDrill } from '@/lib/operations/drill/read-and-plan'
import { systemClock } from '@/lib/time'
import { EngineTrial, type ProvingGround } from '@/test/harness/engine-trial'
import type { LabPair } from '@/test/harness/lab-pair'
import { queuedOperation } from '@/test/harness/operation-events'

/** Which stream the standby has, and which server it is: the same as long as nobody has disturbed it. */
export const readStream = (standby: LabHost): Promise<string> =>
  awaitFact({ signal: AbortSignal.timeout(60_000), everyMs: 250 }, async () => {
    const seen = await standby.sql(
      `select r.pid, pg_postmaster_start_time() from pg_stat_wal_receiver r where r.status = 'streaming'`,
    )
    return seen === '' ? null : seen
  })

/** What of any drill is on a host: its directories, and what runs in them. */
export const readLeft = (host: LabHost): Promise<string> =>
  host.exec(
    `find / /var/lib/postgresql/15 /srv/fast /opt/phantom/data -xdev -name '*.understudy-*-drill' -prune -print 2>/dev/null; pgrep -fa '[u]nderstudy-[0-9a-f]*-drill' || true`,
  )

/** A drill of the standby of two real hosts that are a pair, planned from what is found now. Lab host 1 is the standby. */
export async function drillGround(
  lab: Lab,
  pair: LabPair,
  options: Partial<DrillOptions> = {},
): Promise<ProvingGround<null> & { drill(): Promise<Drill> }> {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const { hosts, profile, pairs, ports } = pair
  const operationId = crypto.randomUUID()
  const stream = await readStream(standby)
  const plan = await readAndPlanDrill(
    {
      ...{ pair: pairs.current, profile, hosts, operationId, operation: 'drill' },
      ...{ shown: null, latest: null, givingWay: null, options: drillOptions.parse(options) },
    },
    {
      doorsOf: () => ({ primary: ports.doors.door(hosts.primary), standby: ports.doors.door(hosts.standby) }),
      clock: systemClock,
      operations: { find: async () => null, listOfPair: async () => pair.operations },
      withHosts: (_ground, _pair, planning) => planning,
    },
  )
  const opened = await openDrill(queuedOperation(plan, { options }), ports)
  const verifyCleared = async () => {
    const left = await readLeft(standby)
    if (left !== '') throw new Error(`of the drill is left: ${left}`)
    const now = await readStream(standby)
    if (now !== stream) throw new Error(`the standby streams anew: ${now}, not ${stream}`)
  }
  const drill = async () => {
    const found = await ports.drills.find(operationId)
    if (!found) throw new Error('the drill is not recorded')
    return found
  }
  return {
    ...{ plan, steps: opened.steps, hold: opened.hold, context: null, drill },
    async verifyInvariants() {
      if ((await primary.sql('select pg_is_in_recovery()')) !== 'f')
        throw new Error('the primary is not writable any more')
      const seen = await standby.sql(
        `select pg_is_in_recovery(), pg_postmaster_start_time() = '${stream.split('|')[1]}'`,
      )
      if (seen !== 't|t') throw new Error(`the standby is not what it was: ${seen}`)
    },
    verifyDone: verifyCleared,
    verifyUndone: verifyCleared,
    dispose: () => opened.close(),
  }
}

/** Lives a drill of these options to its end, and says what it came to. */
export async function liveDrill(lab: Lab, pair: LabPair, options: Partial<DrillOptions> = {}) {
  const ground = await drillGround(lab, pair, options)
  const trial = new EngineTrial(ground)
  const state = await trial.life()
  await ground.verifyDone()
  await ground.dispose()
  const { recorded } = trial.operations
  return {
    state,
    outcome: operationOutcome(ground.plan, recorded),
    drill: await ground.drill(),
    plan: ground.plan,
    said: recorded.flatMap(({ event }) => (event.type === 'step.output' ? [event.line] : [])),
    last: JSON.stringify(recorded.slice(-3).map(({ event }) => event)),
  }
}
