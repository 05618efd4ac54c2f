import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { readTraces } from '@/test/harness/create-ground'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { worldOf } from '@/test/harness/lab-worlds'
import { cliOf, type TestCli } from '@/test/harness/run-cli'

let lab: Lab
let dashboard: LabDashboard
let cli: TestCli
let standby: string
let before: string

beforeAll(async () => {
  lab = await startLab()
  dashboard = await LabDashboard.open()
  await dashboard.startWorker()
  cli = cliOf(dashboard.wiring.environment)
  const primary = (await dashboard.registerHost(lab.host(0))).name
  standby = (await dashboard.registerHost(lab.host(1))).name
  before = await readTraces(lab.host(0))
  const made = await cli.run([
    ...['create', 'ledger', '--profile', 'generic-debian', '--primary', primary, '--standby', standby],
    ...['--reason', 'a test', '--yes', '--type-name', standby],
  ])
  expect(made).toMatchObject({ exitCode: 0 })
})
afterAll(async () => {
  await dashboard.close()
  await lab.down()
})

const findPair = async () => (await dashboard.wiring.store.pairs.list())[0]

/** What the newest operation did, for the message of a failed test. */
const newestRecord = async () => {
  const listed = await cli.run(['operations', '--limit', '1', '-o', 'json'])
  const id = /"id":\s*"([^"]+)"/.exec(listed.stdout)?.[1]
  if (id === undefined) return listed.stdout + listed.stderr
  const shown = await cli.run(['operations', 'show', id])
  return shown.stdout + shown.stderr
}

test('the plan says how the standby is left, and asks for its name where that can’t be taken back by a create', async () => {
  const shown = await cli.run(['plan', 'unpair', '--leave', 'original'])
  expect(shown).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('gets its place back') })
  const untyped = await cli.run(['unpair', '--leave', 'standalone', '--reason', 'a test', '--yes'])
  expect(untyped.exitCode).not.toBe(0)
  expect(untyped.stderr).toContain('The plan asks for words, and nobody has typed them.')
  const unknown = await cli.run(['unpair', '--leave', 'burning', '--reason', 'a test', '--yes'])
  expect(unknown.exitCode).not.toBe(0)
  expect((await findPair())?.isPaired).toBe(true)
})

test('with its standby away the pair is taken apart, and the standby is cleaned by itself when it answers', async () => {
  await lab.host(1).kill()
  const done = await cli.run([
    'unpair',
    '--leave',
    'original',
    '--reason',
    'no more',
    '--yes',
    '--type-words',
    standby,
  ])
  expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is owed') })
  expect(await readTraces(lab.host(0))).toBe(before)
  expect(await findPair()).toMatchObject({ isPaired: false, owed: [{ leave: 'original' }] })
  await awaitFact('the page says so', async () => {
    const view = await cli.run(['status', '-o', 'json'])
    return view.stdout.includes('was away then')
  })
  const closed = await cli.run(['plan', 'unpair'])
  expect(closed.stdout).toContain('FAIL')

  await lab.host(1).boot()
  await awaitFact('nothing is owed', async () => (await findPair())?.owed === undefined, {
    timeoutMs: 120_000,
  }).catch(async (error: unknown) => {
    throw new Error(await newestRecord(), { cause: error })
  })
  await lab.host(1).awaitPostgres()
  expect(await lab.host(1).sql('select pg_is_in_recovery()')).toBe('f')
  const text = await lab.host(1).exec(worldOf(lab.host(1)).traces(lab.host(1).postgresMajor))
  expect(text).not.toMatch(/sync_key|pgpass|cron\.d\/understudy|BEGIN understudy/)
  const audit = await dashboard.wiring.store.audit.list({ limit: 20 })
  expect(audit.find(({ actor, action }) => actor === 'Understudy' && action === 'pair.unpair')).toMatchObject(
    {
      origin: 'the watch',
      outcome: 'done',
    },
  )
})

test('taken apart, it can’t be taken apart again, and a standby can be created anew', async () => {
  const again = await cli.run(['unpair', '--reason', 'a test', '--yes'])
  expect(again.exitCode).not.toBe(0)
  const pair = await findPair()
  const view = await cli.run(['status', '-o', 'json'])
  expect(view.stdout).toContain('"unpaired"')
  expect(pair?.formerPrimary).toBe('none')
})
