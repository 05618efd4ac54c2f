import { awaitFact } from '@/lab/await-fact'
import { startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { OperationId } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { startCreate } from '@/lib/services/create/start-create'
import { planPromote } from '@/lib/services/promote/plan-promote'
import { startPromote } from '@/lib/services/promote/start-promote'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { makeStreaming } from '@/test/harness/watched-lab'

/**
 * Failover: from the confirmed click to the first row that a client of the standby could write, with the primary's host
 * dead. Beside it, in the same run and interleaved, `pg_promote()` alone on an open session, called the same time after the loss.
 * `npx tsx bench/failover.ts [trials]`, as root; each trial has fresh hosts. The hosts share this machine's clock.
 */
const trials = Number(process.argv[2] ?? 5)
const worstMs = 500
const slug = 'ledger'

/** A client that tries to write without a pause; the first row that stands tells when it could. */
async function startWriter(standby: LabHost): Promise<() => Promise<number>> {
  const statements = 'insert into first_writes default values; select pg_sleep(0.002);'
  await standby.exec(`(yes '${statements}' | psql -qX -d ledger) >/dev/null 2>&1 </dev/null &`, {
    user: 'postgres',
  })
  return async () => {
    const at = await awaitFact('a first row', () =>
      standby.sql('select extract(epoch from min(at)) * 1000 from first_writes'),
    )
    return Number(at)
  }
}

const makeTable = (primary: LabHost) =>
  primary.sql('create table first_writes (at timestamptz default clock_timestamp())')
const hasTable = async (standby: LabHost) =>
  (await standby.sql("select to_regclass('first_writes') is not null")) === 't'

/** The peer that the figures name; the lab's hosts have no source of packages, so that it is there only if their base brings it. */
let hasRepmgr = false

type Trial = { readonly firstWriteMs: number; readonly parts: string }

async function byHand(waitMs: number): Promise<Trial> {
  const lab = await startLab()
  const [primary, standby] = [lab.host(0), lab.host(1)]
  try {
    await makeStreaming(primary, standby)
    await makeTable(primary)
    hasRepmgr = (await standby.tryExec('command -v repmgr')).exitCode === 0
    await awaitFact('the table on the standby', () => hasTable(standby))
    const firstWrite = await startWriter(standby)
    await primary.kill()
    await standby.exec(
      `psql -qX -d postgres -c 'select pg_sleep(${waitMs / 1000})' -c 'select clock_timestamp()' -c 'select pg_promote()' -At >/tmp/promoted`,
      { user: 'postgres' },
    )
    const calledAt = Number(await standby.exec(`date +%s%3N -d "$(sed -n 2p /tmp/promoted)"`))
    return { firstWriteMs: (await firstWrite()) - calledAt, parts: '' }
  } finally {
    await lab.down()
  }
}

async function succeed(dashboard: LabDashboard, id: OperationId) {
  const events = await dashboard.until(id, (_, state) => !isInFlight(state))
  const last = events.at(-1)?.event
  if (last?.type !== 'operation.succeeded') throw new Error(`it ended with ${JSON.stringify(last)}`)
  return events
}

async function byUnderstudy(): Promise<Trial & { readonly waitMs: number }> {
  const lab = await startLab()
  const dashboard = await LabDashboard.open()
  const { store } = dashboard.wiring
  const [primary, standby] = [lab.host(0), lab.host(1)]
  const stateIs = (state: string) => async () => {
    const pair = await store.pairs.findBySlug(slug)
    return pair !== null && (await store.observations.latest(pair.id))?.verdict.state === state
  }
  try {
    await dashboard.startWorker()
    const hosts = [await dashboard.registerHost(primary), await dashboard.registerHost(standby)] as const
    const create = await startCreate(dashboard.verbs, {
      slug,
      profileId: 'generic-debian',
      hosts: { primary: hosts[0].id, standby: hosts[1].id },
      scope: { database: true, files: true },
      settings: { walKeepSegments: 32, directories: [] },
      acknowledgement: standby.name,
      reason: 'A figure is wanted.',
      idempotencyKey: crypto.randomUUID(),
    })
    await succeed(dashboard, create.operationId)
    await makeTable(primary)
    await awaitFact('protected', stateIs('protected'))
    const firstWrite = await startWriter(standby)
    const killedAt = Date.now()
    await primary.kill()
    await awaitFact('no-primary', stateIs('no-primary'))
    const { plan } = await planPromote(dashboard.verbs, { slug })
    const clickedAt = Date.now()
    const { operationId } = await startPromote(dashboard.verbs, {
      slug,
      acknowledgement: plan.acknowledgement,
      reason: 'A figure is wanted.',
      idempotencyKey: crypto.randomUUID(),
      shown: { operationId: plan.operationId, stepIds: plan.steps.map(({ id }) => id) },
    })
    const answeredAt = Date.now()
    const events = await succeed(dashboard, operationId)
    const since = (at: string) => Date.parse(at) - clickedAt
    const steps = events.flatMap(({ at, event }) => {
      if (event.type === 'operation.started') return [`taken up ${since(at)}`]
      if (event.type === 'operation.noted' && event.sentence.startsWith('Holds '))
        return [`held ${since(at)}`]
      return event.type === 'step.started' ? [`${event.stepId} ${since(at)}`] : []
    })
    const parts = [`answered ${answeredAt - clickedAt}`, ...steps].join(', ')
    return { firstWriteMs: (await firstWrite()) - clickedAt, parts, waitMs: clickedAt - killedAt }
  } finally {
    await dashboard.close()
    await lab.down()
  }
}

function describe(name: string, values: readonly number[]): void {
  const sorted = [...values].sort((one, other) => one - other)
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const [least, most] = [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN]
  console.log(`${name}: median ${median.toFixed(0)} ms, min ${least.toFixed(0)}, max ${most.toFixed(0)}`)
}

const ours: number[] = []
const bare: number[] = []
for (let trial = 1; trial <= trials; trial += 1) {
  const { firstWriteMs, parts, waitMs } = await byUnderstudy()
  ours.push(firstWriteMs)
  const alone = await byHand(waitMs)
  bare.push(alone.firstWriteMs)
  console.log(
    `${trial}: ${firstWriteMs.toFixed(0)} ms (${parts}); pg_promote() ${alone.firstWriteMs.toFixed(0)} ms`,
  )
}
describe('click to first write', ours)
describe('pg_promote() to first write', bare)
console.log(
  hasRepmgr
    ? 'repmgr: installed on the lab’s hosts, not measured here'
    : 'repmgr: not measured, the lab’s hosts do not have it and no source to install it from',
)
const worst = Math.max(...ours)
console.log(
  `must be: the worst at most ${worstMs} ms; it is ${worst.toFixed(0)} ms, ratio ${(worst / worstMs).toFixed(2)}`,
)
