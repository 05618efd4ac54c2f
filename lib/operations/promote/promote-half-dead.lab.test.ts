import { afterEach, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { alterStep, breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { promoteGround } from '@/test/harness/promote-ground'

/** Two hosts that are a pair, streaming; `prepare` changes them before. */
async function startPair(given: {
  layout?: 'debian' | 'soar-unprivileged'
  files?: boolean
  prepare?: (lab: Lab) => Promise<void>
}): Promise<{ lab: Lab; pair: LabPair }> {
  const lab = await startLab({ layout: given.layout ?? 'debian' })
  await given.prepare?.(lab)
  const pair = await openLabPair(lab)
  const scope = { database: true, files: given.files ?? false }
  pair.pairs.current = { ...pair.pairs.current, scope }
  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.dispose()
  return { lab, pair }
}

type Ground = Awaited<ReturnType<typeof promoteGround>>
const failedChecks = ({ plan }: Ground) =>
  plan.preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
const idsOf = ({ plan }: Ground) => plan.steps.map(({ id }) => id)
const said = (trial: EngineTrial<null>) =>
  trial.operations.recorded
    .map(({ event }) => ('line' in event ? event.line : 'sentence' in event ? event.sentence : ''))
    .join('\n')

let lab: Lab
let pair: LabPair
afterEach(async () => {
  await pair.close()
  await lab.down()
})

const isStreaming = async () =>
  (await lab.host(1).sql('select status from pg_stat_wal_receiver')) === 'streaming'

/** Promotes, and proves it. */
async function promote(ground: Ground, steps = ground.steps): Promise<EngineTrial<null>> {
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(steps), 'succeeded')
  await ground.verifyDone()
  await ground.dispose()
  return trial
}

async function verifyReadOnlyByHand(): Promise<void> {
  await lab.host(0).startPostgres()
  expect(await lab.host(0).sql('select pg_is_in_recovery()')).toBe('t')
}

describe.each(['debian', 'soar-unprivileged'] as const)(
  'with the primary’s PostgreSQL hung (%s)',
  (layout) => {
    test('it is killed and fenced, the standby serves within a minute; an undo before that has the old one serve again', async () => {
      ;({ lab, pair } = await startPair({ layout }))
      await lab.host(0).freezePostgres()
      const undone = await promoteGround(lab, pair)
      expect(failedChecks(undone)).toEqual([])
      expect(idsOf(undone).slice(0, 3)).toEqual(['end-hung-primary', 'stop-old-application', 'fence-primary'])
      const first = new EngineTrial(undone)
      first.expect(await first.life(breaksAt(undone.steps, 'receive-rest')), 'failed')
      await first.undoOrResume()
      await undone.dispose()

      await awaitFact('the stream', isStreaming, { timeoutMs: 30_000 })
      await lab.host(0).freezePostgres()
      const ground = await promoteGround(lab, pair)
      const begunAt = performance.now()
      await promote(ground)
      expect(performance.now() - begunAt).toBeLessThan(60_000)
      expect(pair.pairs.current.formerPrimary).toBe('fenced')
      await verifyReadOnlyByHand()
    })
  },
)

describe('with the primary half dead', () => {
  test('a PostgreSQL that hangs only once the plan is made is killed when its stop does not go on', async () => {
    ;({ lab, pair } = await startPair({}))
    const ground = await promoteGround(lab, pair)
    await lab.host(0).freezePostgres()
    const begunAt = performance.now()
    const trial = await promote(ground)
    expect(performance.now() - begunAt).toBeLessThan(90_000)
    expect(said(trial)).toContain('it is killed')
    expect(said(trial)).toContain('was not stopped in order')
    await verifyReadOnlyByHand()
  })

  test('one whose data directory is another than the standby’s is fenced where it lies', async () => {
    const elsewhere = '/var/lib/postgresql/15/main-elsewhere'
    ;({ lab, pair } = await startPair({
      prepare: async ({ hosts: [, standby] }) => {
        await standby?.stopPostgres()
        await standby?.exec(
          `mv /var/lib/postgresql/15/main ${elsewhere} &&
           sed -i "s,^data_directory.*,data_directory = '${elsewhere}'," /etc/postgresql/15/main/postgresql.conf`,
        )
        await standby?.startPostgres()
      },
    }))
    await lab.host(0).killPostgres()
    const ground = await promoteGround(lab, pair)
    expect(failedChecks(ground)).toEqual([])
    expect(idsOf(ground)).toContain('fence-primary')
    await promote(ground)
    expect(pair.pairs.current.formerPrimary).toBe('fenced')
    await verifyReadOnlyByHand()
  })
})

describe('with the primary’s data directory away', () => {
  const data = '/var/lib/postgresql/15/main'

  test('its application is stopped, its last files are pulled, and neither comes back by itself', async () => {
    ;({ lab, pair } = await startPair({ files: true }))
    await lab.host(0).exec(`mv ${data} ${data}.away`)
    expect(failedChecks(await promoteGround(lab, pair))).toEqual(['old-primary'])
    await lab.host(0).exec(`mv ${data}.away ${data}`)

    await lab.host(0).stopPostgres()
    await lab.host(0).exec(`mv ${data} ${data}.away && echo last >/srv/ledger/vault/last-file`)
    const ground = await promoteGround(lab, pair)
    expect(failedChecks(ground)).toEqual([])
    expect(idsOf(ground).slice(0, 3)).toEqual(['stop-old-application', 'hold-old-primary', 'final-pull'])
    expect(idsOf(ground)).not.toContain('fence-primary')
    await promote(ground)
    expect(pair.pairs.current.formerPrimary).toBe('watched')
    expect(await lab.host(1).exec('cat /srv/ledger/vault/last-file')).toBe('last')

    await lab.host(0).exec(`mv ${data}.away ${data}`)
    await lab.host(0).powerOff()
    await lab.host(0).boot()
    expect(await lab.host(0).exec('systemctl is-active ledger.service; true')).toBe('inactive')
    expect((await lab.host(0).tryExec('pg_isready -q')).exitCode).toBe(2)
  })
})

describe('with a primary that dies once it is fenced', () => {
  test('an undo says what it needs, and a resume promotes without it', async () => {
    ;({ lab, pair } = await startPair({ files: true }))
    const ground = await promoteGround(lab, pair)
    const dying = ground.steps.map((step) =>
      step.planned.id === 'fence-primary'
        ? alterStep(step, {
            verify: async (context, io) => {
              const sentence = await step.verify(context, io)
              await lab.host(0).kill()
              return sentence
            },
          })
        : step,
    )
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(breaksAt(dying, 'receive-rest')), 'failed')
    await trial.ask('undo')
    trial.expect(await trial.life(), 'undo-failed')
    expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
      error: { fix: expect.stringContaining('close the operation and plan it anew') },
    })
    await trial.ask('resume')
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(said(trial)).toContain('nothing is left to do there')
    expect(pair.pairs.current.formerPrimary).toBe('fenced')
    await ground.dispose()

    await lab.host(0).boot()
    await verifyReadOnlyByHand()
  })
})
