import { describe, expect, test } from 'vitest'
import { alterStep } from '@/test/harness/alter-step'
import { EngineTrial } from '@/test/harness/engine-trial'
import { folderUnpairGround } from '@/test/harness/folder-unpair-ground'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const filesAlone = { database: false, files: true }

const variants = [
  ['that leaves the standby stopped', { leave: 'stopped', hasSlot: true }],
  ['that leaves a standalone copy', { leave: 'standalone' }],
  ['of a paused pair, that leaves the standby stopped', { leave: 'stopped', paused: ['sync', 'replay'] }],
  ['whose replay is paused, that leaves a standalone copy', { leave: 'standalone', paused: ['replay'] }],
  ['that puts the original data back', { leave: 'original' }],
  ['that puts a tablespace back', { leave: 'original', hasTablespace: true }],
  ['that puts data back into a file system of its own', { leave: 'original', isMount: true }],
  [
    'that puts a directory back that is reached by a link',
    { leave: 'original', scope: filesAlone, isVaultLink: true },
  ],
  ['of files alone', { leave: 'stopped', scope: filesAlone }],
  ['whose standby is away', { leave: 'stopped', away: 'standby', hasSlot: true }],
  ['whose primary is away', { leave: 'original', away: 'primary' }],
] as const

describe.each(variants)('an unpair %s', (_, given) => {
  test('goes to its end', async () => {
    const ground = await folderUnpairGround(given)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('an unpair', variants, folderUnpairGround)

test('what a change of settings set since the create is set back too', async () => {
  const ground = await folderUnpairGround({ leave: 'stopped', keepsMore: true })
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.verifyDone()
  await ground.dispose()
})

test('an original that is gone when it is to be put back stops the unpair before anything moves, and it is undone', async () => {
  const ground = await folderUnpairGround({ leave: 'original' })
  const { beta } = ground.pair
  beta.remove('/var/lib/postgresql/15/main.understudy-0a1b2c3d')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'WRONG_HOST', message: 'The data that was put aside on beta is not there.' },
  })
  expect(beta.has('/var/lib/postgresql/15/main/global/pg_control')).toBe(true)
  await trial.ask('undo')
  trial.expect(await trial.life(), 'undone')
  expect(ground.pair.servers.standby.streamsFrom(ground.pair.servers.primary)).toBe(true)
  await ground.dispose()
})

test.each(['stopped', 'original'] as const)(
  'a standby that comes up behind its stop, as on a host that is just booting, is stopped again: left %s all the same',
  async (leave) => {
    const ground = await folderUnpairGround({ leave })
    const { beta } = ground.pair
    const steps = ground.steps.map((step) =>
      step.planned.id === 'stop-standby'
        ? alterStep(step, {
            async verify(context, io) {
              const sentence = await step.verify(context, io)
              beta.put('/.units/postgresql@15-main.service/active', '')
              return sentence
            },
          })
        : step,
    )
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(steps), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  },
)
