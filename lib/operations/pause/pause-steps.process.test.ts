import { describe, expect, test } from 'vitest'
import { EngineTrial } from '@/test/harness/engine-trial'
import { folderPauseGround, pausedUntil } from '@/test/harness/folder-pause-ground'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const both = ['sync', 'replay'] as const

const variants = [
  ['a pause of both', { kind: 'pause', what: both }],
  ['a pause of the files alone', { kind: 'pause', what: ['sync'] }],
  ['a pause of replay alone', { kind: 'pause', what: ['replay'] }],
  ['a pause where there is no database', { kind: 'pause', what: ['sync'], hasDatabase: false }],
  ['going on with both', { kind: 'resume', what: both }],
  ['going on where there is no database', { kind: 'resume', what: ['sync'], hasDatabase: false }],
] as const

describe.each(variants)('%s', (_, given) => {
  test('goes to its end', async () => {
    const ground = await folderPauseGround(given)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('proved:', variants, folderPauseGround)

test('a pause stands with who asked for it, why, and when it ends', async () => {
  const ground = await folderPauseGround({ kind: 'pause', what: both })
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  expect(ground.pair.pairs.current.pause).toEqual({
    what: ['sync', 'replay'],
    until: pausedUntil,
    by: 'prover',
    reason: 'A proof.',
    operationId: ground.plan.operationId,
  })
  await ground.dispose()
})

test('a schedule whose kept copy was removed meanwhile is written anew when the pause ends', async () => {
  const ground = await folderPauseGround({ kind: 'resume', what: ['sync'] })
  ground.pair.beta.remove('/var/lib/understudy/ledger/schedule')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  expect(ground.pair.beta.has('/etc/cron.d/understudy-ledger')).toBe(true)
  await ground.dispose()
})

test('files do not begin to flow again onto a host that was promoted meanwhile', async () => {
  const ground = await folderPauseGround({ kind: 'resume', what: ['sync'] })
  const { beta } = ground.pair
  beta.remove('/var/lib/postgresql/15/main/standby.signal')
  beta.put('/var/lib/postgresql/15/main/role', 'primary')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  expect(beta.has('/etc/cron.d/understudy-ledger')).toBe(false)
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'PRECONDITION_FAILED', message: 'PostgreSQL on beta accepts writes.' },
  })
  await ground.dispose()
})
