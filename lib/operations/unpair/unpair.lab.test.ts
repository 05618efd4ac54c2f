import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Leave } from '@/lib/domain/unpair'
import { alterStep } from '@/test/harness/alter-step'
import { createGround, readTraces } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { worldOf } from '@/test/harness/lab-worlds'
import { promoteGround } from '@/test/harness/promote-ground'
import { unpairGround } from '@/test/harness/unpair-ground'

let lab: Lab
let pair: LabPair
let before: readonly [string, string]

/** A pair of two real hosts with a slot, and how both hosts were before it. */
async function makePair(layout: 'debian' | 'soar-unprivileged'): Promise<void> {
  lab = await startLab({ layout, writing: layout === 'debian' ? [0] : [0, 1] })
  pair = await openLabPair(lab)
  pair.pairs.current = {
    ...pair.pairs.current,
    scope: { database: true, files: true },
    settings: { ...pair.pairs.current.settings, slotWalSegments: 64 },
  }
  await create()
}

async function create(): Promise<void> {
  const ground = await createGround(lab, pair)
  before = [await readTraces(lab.host(0)), await readTraces(lab.host(1))]
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.verifyDone()
  await ground.dispose()
  pair.operations[0] = { ...ground.operation, state: 'succeeded' }
}

async function unpair(leave: Leave) {
  const ground = await unpairGround(lab, pair, leave)
  expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail')).toEqual([])
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.verifyDone()
  await ground.dispose()
  const sentences = trial.operations.recorded.flatMap(({ event }) =>
    event.type === 'step.succeeded' || event.type === 'step.skipped' ? [event.sentence] : [],
  )
  return { plan: ground.plan, ids: ground.plan.steps.map(({ id }) => id), said: sentences.join(' ') }
}

/** What is there now and was not before the create, and the other way round. */
async function changesOn(index: 0 | 1, now?: string): Promise<readonly string[]> {
  const [was, is] = [before[index].split('\n'), (now ?? (await readTraces(lab.host(index)))).split('\n')]
  return [
    ...is.filter((line) => !was.includes(line)).map((line) => `+${line}`),
    ...was.filter((line) => !is.includes(line)).map((line) => `-${line}`),
  ]
}
/** What was put aside, with its notes, and the files of the directories themselves. */
const isKept = (line: string) =>
  /\.understudy-(?:[0-9a-f]{8}|bin)|kept-[0-9a-f]{8}\.json|\/(?:understudy|state)\/(?:ledger|phantom)$|\/before-/.test(
    line,
  )
const lastingOn = async (index: 0 | 1, now?: string) =>
  (await changesOn(index, now)).filter((line) => !isKept(line))

const filesOf = (host: LabHost) => host.exec(worldOf(host).traces(host.postgresMajor))
/** Lines about Understudy on a host whose PostgreSQL may be stopped. */
const leftOn = async (index: 0 | 1) =>
  (await filesOf(lab.host(index))).split('\n').filter((line) => /understudy/i.test(line) && !isKept(line))
const isUp = async (host: LabHost) => (await host.tryExec('pg_isready -q')).exitCode === 0
const startedAt = (index: 0 | 1) => lab.host(index).sql('select pg_postmaster_start_time()')
const recovering = (index: 0 | 1) => lab.host(index).sql('select pg_is_in_recovery()')
const rolesOn = (index: 0 | 1) =>
  lab.host(index).sql("select string_agg(rolname, ' ') from pg_roles where rolname like 'understudy%'")

afterEach(async () => {
  await pair.close()
  await lab.down()
})

describe('on hosts with root', () => {
  beforeEach(() => makePair('debian'))

  test('its original data put back, both hosts are as before the create, and the copy is kept; without its create in the store, settings stay', async () => {
    const started = await startedAt(0)
    const { plan } = await unpair('original')
    expect(plan.acknowledgement).toBe(lab.host(1).name)
    expect(await changesOn(0)).toEqual([])
    expect(await lastingOn(1)).toEqual([])
    expect(await startedAt(0)).toBe(started)
    const mark = plan.operationId.slice(0, 8)
    const note = JSON.parse(await lab.host(1).exec(`cat /var/lib/understudy/ledger/kept-${mark}.json`))
    for (const path of note.paths) await lab.host(1).exec(`test -d ${path}`)
    expect(note.paths).toContain(`/var/lib/postgresql/15/main.understudy-${mark}`)
    // A pair again, whose create is lost: it is taken apart by what the hosts show.
    await create()
    pair.operations.length = 0
    const original = await unpairGround(lab, pair, 'original')
    expect(original.plan.preflight.find(({ id }) => id === 'left-as')?.outcome).toBe('fail')
    await original.dispose()
    const shown = (await unpair('stopped')).plan
    expect(shown.warnings.join(' ')).toContain('is not in the store')
    expect((await leftOn(1)).filter((line) => !line.includes('.understudy-source'))).toEqual([])
    const changes = await changesOn(0)
    expect(changes.filter((line) => !/wal_keep_size/.test(line))).toEqual([])
  })

  test('left stopped, it comes up read-only and follows nobody, and a standby can be created over it', async () => {
    const started = await startedAt(0)
    const { plan } = await unpair('stopped')
    expect(plan.acknowledgement).toBe('')
    expect(await changesOn(0)).toEqual([])
    expect(await startedAt(0)).toBe(started)
    expect(await leftOn(1)).toEqual([])
    expect(await isUp(lab.host(1))).toBe(false)
    await lab.host(1).startPostgres()
    const seen = await lab.host(1).sql("select pg_is_in_recovery(), current_setting('primary_conninfo')")
    expect(seen).toBe('t|')
    expect(await lab.host(1).sql('select count(*) from pg_stat_wal_receiver')).toBe('0')
    await create()
  })

  test('left as a standalone copy, it writes, knows no primary and has no role of the pair', async () => {
    const started = await startedAt(0)
    const { plan } = await unpair('standalone')
    expect(plan.acknowledgement).toBe(lab.host(1).name)
    expect(plan.warnings.join(' ')).toMatch(/diverge/)
    expect(await changesOn(0)).toEqual([])
    expect(await startedAt(0)).toBe(started)
    expect([await recovering(0), await recovering(1)]).toEqual(['f', 'f'])
    expect(await rolesOn(1)).toBe('')
    expect(await leftOn(1)).toEqual([])
    expect(await lab.host(1).sql("select current_setting('primary_conninfo')")).toBe('')
    expect((await lab.host(1).tryExec('systemctl is-active ledger')).stdout.trim()).toBe('inactive')
    expect((await lab.host(1).tryExec('systemctl is-enabled ledger')).stdout.trim()).toBe('disabled')
  })

  test('its standby away, the primary is cleaned; what is owed is kept with the pair, and done when it is back', async () => {
    await lab.host(1).kill()
    const first = await unpair('stopped')
    expect(first.ids.every((id) => !id.startsWith('standby'))).toBe(true)
    expect(first.plan.warnings.join(' ')).toMatch(/owed/)
    expect(await changesOn(0)).toEqual([])
    expect(pair.pairs.current).toMatchObject({
      isPaired: false,
      owed: [{ hostId: pair.hosts.standby.id, leave: 'stopped' }],
    })
    await lab.host(1).boot()
    await lab.host(1).awaitPostgres()
    const late = await unpair('original')
    expect(late.plan.acknowledgement).toBe('')
    expect(late.ids.every((id) => !id.startsWith('primary'))).toBe(true)
    expect(late.ids).toContain('forget-primary')
    expect(await leftOn(1)).toEqual([])
    expect(await isUp(lab.host(1))).toBe(false)
    expect(pair.pairs.current.owed).toEqual([])
  })

  test('its primary away, the standby is left as chosen, and the primary is cleaned when it is back', async () => {
    await lab.host(0).kill()
    const first = await unpair('original')
    expect(await lastingOn(1)).toEqual([])
    expect(pair.pairs.current.owed).toMatchObject([{ hostId: pair.hosts.primary.id }])
    expect(first.ids.every((id) => !id.startsWith('primary'))).toBe(true)
    await lab.host(0).boot()
    await lab.host(0).awaitPostgres()
    const late = await unpair('stopped')
    expect(late.ids).toEqual([
      'primary-access-rules',
      'primary-files',
      'primary-settings',
      'primary-roles',
      'primary-slot',
      'mark-unpaired',
    ])
    expect(await changesOn(0)).toEqual([])
    expect(pair.pairs.current.owed).toEqual([])
  })

  test('after a promotion the roles are turned, and what create made goes from both hosts all the same', async () => {
    const ground = await promoteGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.dispose()
    const started = await startedAt(1)
    const { plan } = await unpair('stopped')
    expect(plan.hosts.primary).toBe(pair.hosts.standby.id)
    expect([await leftOn(0), await leftOn(1)]).toEqual([[], []])
    expect(await rolesOn(1)).toBe('')
    expect(await startedAt(1)).toBe(started)
    expect(await recovering(1)).toBe('f')
    await lab.host(1).exec(worldOf(lab.host(1)).check)
    expect(await isUp(lab.host(0))).toBe(false)
    await lab.host(0).exec('test -e /var/lib/postgresql/15/main/standby.signal')
    expect(pair.pairs.current.formerPrimary).toBe('none')
  })

  test('what fails before its point of no return is undone; what somebody else has changed or uses by now stays, and is said', async () => {
    const ground = await unpairGround(lab, pair, 'stopped')
    const trial = new EngineTrial(ground)
    const check = () => Promise.reject(new Error('broken'))
    const broken = ground.steps.map((step) =>
      step.planned.id === 'forget-primary' ? alterStep(step, { attemptsMax: 1, check }) : step,
    )
    trial.expect(await trial.life(broken), 'failed')
    expect(await isUp(lab.host(1))).toBe(false)
    await trial.undoOrResume()
    await lab.host(1).exec(worldOf(lab.host(1)).isScheduled)
    await ground.dispose()
    await lab.host(0).sql("alter system set wal_keep_size = '7GB'")
    await lab.host(0).sql('grant select on all tables in schema public to understudy_monitor')
    await lab.host(0).exec("echo '# a line of mine' >>/etc/postgresql/15/main/pg_hba.conf")
    const { said } = await unpair('original')
    expect(said).toContain('Somebody changed this since, and it stays: wal_keep_size = 7GB')
    expect(said).toMatch(
      /Somebody else uses this, so it stays: understudy_monitor \(it owns or may use 1 objects\)/,
    )
    expect((await changesOn(0)).toSorted()).toEqual([
      '+# a line of mine',
      '+role|understudy_monitor',
      '+setting|wal_keep_size|7168',
      "+wal_keep_size = '7GB'",
      '-setting|wal_keep_size|0',
    ])
  })
})

describe('on hosts where nobody may become root', () => {
  beforeEach(() => makePair('soar-unprivileged'))

  test('its original data put back, both hosts are as before the create', async () => {
    await unpair('original')
    expect(await lastingOn(0)).toEqual([])
    expect(await lastingOn(1)).toEqual([])
  })

  test('left stopped, nothing of the pair is in its files or its crontab', async () => {
    await unpair('stopped')
    expect(await lastingOn(0)).toEqual([])
    const held = (await leftOn(1)).filter(
      (line) => !line.startsWith('# held by understudy phantom application'),
    )
    expect(held).toEqual([])
    expect(await lab.host(0).sql('select pg_is_in_recovery()')).toBe('f')
  })
})
