import { symlinkSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import type { Drill } from '@/lib/domain/drill'
import { operationOutcome } from '@/lib/domain/operation-state'
import { EngineTrial } from '@/test/harness/engine-trial'
import { drillRoot, type FolderDrillGround, folderDrillGround } from '@/test/harness/folder-drill-ground'
import { dataDirectory } from '@/test/harness/folder-server'

let ground: FolderDrillGround
afterEach(() => ground.dispose())

/** The drill to its end; `hurt`: what is not as it should be. */
async function drilled(
  hurt: (ground: FolderDrillGround) => void,
  given: Parameters<typeof folderDrillGround>[0] = { way: 'backup' },
) {
  ground = await folderDrillGround(given)
  hurt(ground)
  const trial = new EngineTrial(ground)
  const state = await trial.life()
  const events = trial.operations.recorded.map(({ event }) => event)
  const drill = (await ground.pair.drills.find(ground.plan.operationId)) as Drill
  return {
    trial,
    state,
    drill,
    outcome: operationOutcome(ground.plan, trial.operations.recorded),
    said: events.flatMap((event) => (event.type === 'step.output' ? [event.line] : [])),
    errors: events.flatMap((event) => (event.type === 'step.failed' ? [event.error] : [])),
  }
}

const verifyGone = () => expect(ground.pair.beta.has(drillRoot)).toBe(false)

describe('what a drill finds is its result: all is removed, and the record says what it was', () => {
  test('a copy that does not come up, with the end of its log', async () => {
    const { state, outcome, drill, said } = await drilled(({ pair }) => pair.beta.put('/.fail-recovery', ''))
    expect([state, outcome]).toEqual(['succeeded', 'finding'])
    expect(drill).toMatchObject({
      outcome: 'failed',
      reason: 'The copy of beta did not come up: its server ended during recovery.',
      recoveryMs: null,
    })
    expect(said).toContain('PANIC:  could not locate a valid checkpoint record')
    verifyGone()
  })

  test('a table that can’t be read, by its name', async () => {
    const { state, outcome, drill } = await drilled(({ copy }) => {
      copy.unread = ['public.entries: invalid page in block 7']
    })
    expect([state, outcome]).toEqual(['succeeded', 'finding'])
    expect(drill).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('1 of 2 tables in 2 databases can’t be read: ledger: public.entries:'),
      recoveryMs: 4_250,
    })
    verifyGone()
  })

  test('a check of the profile that says no, one without an answer, and all others are asked all the same', async () => {
    const { outcome, drill } = await drilled(({ copy }) => copy.rows.clear(), {
      way: 'backup',
      hasChecks: true,
    })
    expect(outcome).toBe('finding')
    expect(drill.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['takes-writes', 'passed'],
      ['tables', 'passed'],
      ['profile-count', 'failed'],
      ['amcheck', 'passed'],
    ])
    verifyGone()
  })

  test('damage that pg_amcheck reports, and what it said', async () => {
    const { drill, said } = await drilled(({ pair }) => {
      pair.beta.put('/.amcheck-says', 'btree index "ledger.public.entries_pkey":\n')
      pair.beta.put('/.amcheck-ends', '2')
    })
    expect(drill.outcome).toBe('failed')
    expect(drill.checks.at(-1)).toMatchObject({ id: 'amcheck', outcome: 'failed' })
    expect(said).toContain('btree index "ledger.public.entries_pkey":')
    verifyGone()
  })

  test.each([
    ['and had found nothing says nothing against the copy', '', 'passed', 'cut-short'],
    ['and had found something', 'heap table "ledger.public.entries":\n', 'failed', 'failed'],
  ])('a pg_amcheck whose time was over %s', async (_, says, ended, outcome) => {
    const { drill } = await drilled(({ pair }) => {
      pair.beta.put('/.amcheck-says', says)
      pair.beta.put('/.amcheck-ends', '124')
    })
    expect(drill).toMatchObject({
      outcome: ended,
      checks: expect.arrayContaining([expect.objectContaining({ id: 'amcheck', outcome })]),
    })
  })

  test('a backup that stops at a page whose checksum is wrong, and which page', async () => {
    const warning =
      'WARNING:  checksum verification failed in file "./base/5/16390", block 7: calculated 1 but expected 2'
    const { outcome, drill, said } = await drilled(({ pair }) =>
      pair.beta.put('/.fail-backup', `${warning}\npg_basebackup: error: checksum error occurred\n`),
    )
    expect(outcome).toBe('finding')
    expect(drill).toMatchObject({
      outcome: 'failed',
      reason: 'Page 7 of base/5/16390 on beta has a wrong checksum: the backup stopped there.',
      copy: null,
    })
    expect(said).toContain(warning)
    verifyGone()
  })
})

describe('a drill gives way, and never as a failure of the standby', () => {
  test('to replication that falls behind while it copies', async () => {
    const { state, outcome, drill, errors } = await drilled(
      ({ pair }) => {
        pair.beta.put('/.slow-backup', '')
        pair.servers.standby.lagsBehind = true
      },
      { way: 'backup', options: { lagSeconds: 1 } },
    )
    expect([state, outcome]).toEqual(['succeeded', 'gave-way'])
    expect(drill).toMatchObject({
      outcome: 'gave-way',
      reason: expect.stringMatching(/^120 B of WAL on beta waited .+ to be replayed; the limit is 1 s\.$/),
    })
    expect(errors.map(({ code }) => code)).toEqual(['GAVE_WAY'])
    verifyGone()
  })

  test('to a standby that receives nothing any more', async () => {
    const { outcome, drill } = await drilled(({ pair }) => {
      pair.beta.put('/.slow-backup', '')
      pair.servers.standby.receives = false
    })
    expect(outcome).toBe('gave-way')
    expect(drill.reason).toMatch(/^beta has received nothing from its primary for /)
    verifyGone()
  }, 20_000)
})

describe('a drill that can’t go on is taken back', () => {
  test('a backup that fails by itself: what it said is shown, and it counts as broken off', async () => {
    const { trial, state, drill, said } = await drilled(({ pair }) => pair.beta.put('/.fail-backup', ''))
    expect([state, drill.outcome]).toEqual(['failed', 'running'])
    expect(said).toContain('could not connect')
    ground.pair.beta.remove('/.fail-backup')
    await trial.undoOrResume()
    expect(await ground.pair.drills.find(ground.plan.operationId)).toMatchObject({
      outcome: 'broken-off',
      phase: 'taken-back',
    })
  })

  test('something else stands at its place: it is left alone', async () => {
    const { trial, state, errors } = await drilled(({ pair }) =>
      pair.beta.put(`${drillRoot}/of-somebody`, 'x'),
    )
    expect(state).toBe('failed')
    expect(errors).toEqual([
      expect.objectContaining({
        code: 'PRECONDITION_FAILED',
        message: `Not this drill’s on beta: ${drillRoot}. It is left alone.`,
      }),
    ])
    await trial.ask('undo')
    expect(await trial.life()).toBe('undo-failed')
    expect(ground.pair.beta.read(`${drillRoot}/of-somebody`)).toBe('x')
  })

  test('a link in the data that leads out of the copy: its server is never started', async () => {
    const { trial, state, errors } = await drilled(({ pair: { beta } }) => {
      beta.put('/srv/elsewhere/file', 'x')
      symlinkSync(beta.path('/srv/elsewhere'), beta.path(`${dataDirectory}/elsewhere`))
    })
    expect(state).toBe('failed')
    expect(errors[0]?.message).toBe('The copy has links that lead out of it: it is not started.')
    expect(ground.pair.beta.ran.filter((text) => text.includes('-l ') && text.includes('start'))).toEqual([])
    ground.pair.beta.remove(`${dataDirectory}/elsewhere`)
    ground.pair.beta.remove('/srv/elsewhere')
    await trial.undoOrResume()
  })
})
