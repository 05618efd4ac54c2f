import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { OperationId, RecordedEvent } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { startCreate } from '@/lib/services/create/start-create'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'
import { startPairOperation } from '@/lib/services/pair-operations/start-pair-operation'
import { countRows, LabDashboard } from '@/test/harness/lab-dashboard'
import {
  findInDirectory,
  findInOutput,
  findInProcesses,
  findInStore,
  findOnHost,
  ProcessReader,
  type Secrets,
} from '@/test/harness/secret-hunt'

let lab: Lab
let dashboard: LabDashboard
let reader: ProcessReader
const slug = 'ledger'
const vault = {
  id: 'vault',
  title: 'Vault',
  path: '/srv/ledger/vault',
  log: 'rsync_vault.log',
  schedule: '* * * * *',
}

beforeAll(async () => {
  lab = await startLab()
  // The more is written down, the more would be found.
  for (const host of lab.hosts) await host.sql("alter system set log_statement = 'all'")
  for (const host of lab.hosts) await host.sql('select pg_reload_conf()')
  reader = new ProcessReader()
  dashboard = await LabDashboard.open()
  await dashboard.startWorker()
})
afterAll(async () => {
  await reader.stop()
  await dashboard.close()
  await lab.down()
})

const startedSteps = (events: readonly RecordedEvent[]) =>
  new Set(events.flatMap(({ event }) => (event.type === 'step.started' ? [event.stepId] : [])))

/**
 * One worker at a time: it is killed as soon as a step has started at which none was killed before, and the next one is
 * started, until the operation has ended. The worker that saw the end lives on.
 */
async function killAtEachStep(id: OperationId): Promise<readonly RecordedEvent[]> {
  const killedAt = new Set<string>()
  for (;;) {
    const events = await dashboard.until(
      id,
      (seen, state) => !isInFlight(state) || [...startedSteps(seen)].some((step) => !killedAt.has(step)),
    )
    const operation = await dashboard.wiring.store.operations.find(id)
    if (operation && !isInFlight(operation.state)) return events
    for (const step of startedSteps(events)) killedAt.add(step)
    await dashboard.killWorkers()
    await dashboard.startWorker()
  }
}

const lastEvent = (events: readonly RecordedEvent[]) => events.at(-1)?.event

test('a create whose worker is killed at every step in turn ends in a streaming standby', {
  timeout: 600_000,
}, async () => {
  const primary = await dashboard.registerHost(lab.host(0), 'key')
  const standby = await dashboard.registerHost(lab.host(1), 'password')
  const { operationId } = await startCreate(dashboard.verbs, {
    slug,
    profileId: 'generic-debian',
    hosts: { primary: primary.id, standby: standby.id },
    scope: { database: true, files: true },
    settings: { walKeepSegments: 32, fenceReturned: 'automatic', directories: [vault] },
    acknowledgement: standby.name,
    reason: 'A standby is wanted.',
    idempotencyKey: crypto.randomUUID(),
  })
  const events = await killAtEachStep(operationId)
  expect(lastEvent(events)).toEqual({ type: 'operation.succeeded' })
  const written = await countRows(lab, 0)
  await awaitFact('rows on the standby', async () => (await countRows(lab, 1)) >= written, {
    timeoutMs: 10_000,
  })
})

test('with the primary dead, a promotion whose worker is killed at every step ends in one writable primary', {
  timeout: 600_000,
}, async () => {
  const { store } = dashboard.wiring
  const stateOf = async () => {
    const pair = await store.pairs.findBySlug(slug)
    return pair && (await store.observations.latest(pair.id))?.verdict.state
  }
  await awaitFact('protected', async () => (await stateOf()) === 'protected', { timeoutMs: 30_000 })
  const alive = (await planPairOperation(dashboard.verbs, { slug, operation: 'promote' })).plan
  expect(alive.warnings.join(' ')).toMatch(
    /Newer on \S+ than the last good sync: (at least )?[1-9][\d,]* files? \(.+\) of Vault\./,
  )
  const replicated = await countRows(lab, 1)
  await lab.host(0).kill()
  await awaitFact('no-primary', async () => (await stateOf()) === 'no-primary', { timeoutMs: 30_000 })

  const { plan } = await planPairOperation(dashboard.verbs, { slug, operation: 'promote' })
  expect(plan.warnings.join(' ')).toContain('than on the standby can’t be known: ')
  const { operationId } = await startPairOperation(dashboard.verbs, {
    operation: 'promote',
    slug,
    acknowledgement: plan.acknowledgement,
    reason: 'The primary is lost.',
    idempotencyKey: crypto.randomUUID(),
  })
  const events = await killAtEachStep(operationId)
  expect(lastEvent(events)).toEqual({ type: 'operation.succeeded' })
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('f')
  expect(await countRows(lab, 1)).toBeGreaterThanOrEqual(replicated)
})

test('the former primary is fenced by itself within seconds of its return, and the record says by whom', async () => {
  const { store } = dashboard.wiring
  const pair = await store.pairs.findBySlug(slug)
  if (!pair) throw new Error('there is no pair')
  expect(pair.formerPrimary).toBe('watched')
  await lab.host(0).boot()
  const fence = await awaitFact(
    'a fence',
    async () => (await store.operations.listOfPair(pair.id, 1)).find(({ kind }) => kind === 'fence') ?? null,
    { timeoutMs: 30_000 },
  )
  const events = await dashboard.until(fence.id, (_, state) => !isInFlight(state))
  expect(lastEvent(events)).toEqual({ type: 'operation.succeeded' })
  expect(fence).toMatchObject({ startedBy: 'Understudy', reason: expect.stringContaining('by itself') })
  const seen = (await store.observations.stateChanges(pair.id, 10)).find(({ to }) => to === 'two-primaries')
  expect(Date.parse(fence.createdAt) - Date.parse(seen?.at ?? '')).toBeLessThan(5_000)
  expect((await store.pairs.findBySlug(slug))?.formerPrimary).toBe('fenced')
  expect((await lab.host(0).tryExec('pg_isready -q')).exitCode).toBe(2)
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('f')
  const rows = (await store.audit.list({ limit: 100 })).filter(({ action }) => action === 'pair.fence')
  expect(rows).toMatchObject([{ actor: 'Understudy', origin: 'the watch', outcome: 'done' }])
})

/** Wherever a secret could have been left while all this was done. */
async function hunt(secrets: Secrets): Promise<readonly string[]> {
  const { connectionString } = dashboard.wiring
  const found = await Promise.all([
    findInProcesses(secrets, reader),
    findInOutput(secrets, dashboard.output),
    findInStore(secrets, connectionString),
    findInDirectory(secrets, dashboard.directory),
    ...lab.hosts.map(async (host, index) =>
      (await findOnHost(secrets, host)).map((line) => `host ${index}: ${line}`),
    ),
  ])
  return found.flat().sort()
}

test('a secret that is left anywhere is found', async () => {
  const it = 'planted-Gq7/w+Zt'
  const { store } = dashboard.wiring
  const row = { actor: 'ada', action: 'a test', subject: '', origin: '', outcome: 'done' } as const
  await store.audit.append({ ...row, detail: JSON.stringify({ it }) })
  await lab.host(0).exec('tee /var/log/ledger/left.log | logger', { input: it })
  const waits = 'until [ -e /run/seen ]; do sleep 0.1; done'
  const processes = lab
    .host(1)
    .exec(`read -r it; IT=$it sh -c "${waits}" & sh -c "${waits}" sh "$it"; wait`, { input: `${it}\n` })
  await awaitFact('both processes to be read', () => {
    const texts = [...reader.seen].filter(([text]) => text.includes(it)).map(([, where]) => where)
    return texts.some((where) => /arguments/.test(where)) && texts.some((where) => /environment/.test(where))
  })
  await lab.host(1).exec('touch /run/seen')
  await processes
  await lab.host(1).sql(`select '${it}'`)
  const found = await hunt({ it })
  for (const place of [
    'host 0: it in a file: 644 root /var/log/ledger/left.log',
    'host 0: it in the journal',
    'host 1: it in a file: 640 postgres /var/log/postgresql/postgresql-15-main.log',
    'it in public.audit',
    'it in the arguments of sh',
    'it in the environment of sh',
  ])
    expect(found).toContain(place)
})

test('no password and no private key was left in an argument, an environment, a log, the store, or a file that others may read', async () => {
  const { store, environment } = dashboard.wiring
  const pair = await store.pairs.findBySlug(slug)
  const secretOf = async (name: 'replication-password' | 'monitor-password') =>
    (pair && (await store.pairs.secret(pair.id, name))) ?? ''
  const secrets = {
    'the password of replication': await secretOf('replication-password'),
    'the password of monitoring': await secretOf('monitor-password'),
    'the password of the login': lab.host(1).passwords.operator ?? '',
    'the key of the login': lab.host(0).privateKey.split('\n')[2] ?? '',
    'the key of the sync': await lab.host(1).exec('sed -n 3p /var/lib/understudy/ledger/sync_key'),
    'the key of the store': readFileSync(environment.masterKeyFile, 'utf8').trim(),
  }
  for (const secret of Object.values(secrets)) expect(secret.length).toBeGreaterThan(14)
  expect(await hunt(secrets)).toEqual([
    'host 1: the key of the sync in a file: 600 root /var/lib/understudy/ledger/sync_key',
    'host 1: the password of replication in a file: 600 postgres /var/lib/understudy/ledger/replication.pgpass',
    `the key of the store in a file: 600 root ${environment.masterKeyFile}`,
  ])
})
