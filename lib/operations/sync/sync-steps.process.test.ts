import { describe, expect, test } from 'vitest'
import { EngineTrial } from '@/test/harness/engine-trial'
import { folderSyncGround } from '@/test/harness/folder-sync-ground'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const variants = [
  ['of all directories', {}],
  ['of one directory', { asked: ['etc'] }],
  ['where there is no database', { hasDatabase: false }],
] as const

describe.each(variants)('a sync %s', (_, given) => {
  test('goes to its end, and copies what was asked for alone', async () => {
    const ground = await folderSyncGround(given)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('proved: a sync', variants, folderSyncGround)

test('a directory that can’t be copied keeps no other from it, and is told with what to do', async () => {
  const ground = await folderSyncGround()
  const { alpha, beta, pairs } = ground.pair
  const [first, ...more] = pairs.current.settings.directories
  alpha.remove(`${first?.path}/.understudy-source`)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  expect(beta.has(`${first?.path}/fresh`)).toBe(false)
  for (const { path } of more) expect(beta.has(`${path}/fresh`)).toBe(true)
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: {
      message: expect.stringMatching(/^Vault: The primary’s directory does not carry its mark/),
      fix: 'See that the directory’s file system is mounted on the primary. Then resume.',
    },
  })
  await ground.dispose()
})

test('nothing is copied onto a host that was promoted meanwhile', async () => {
  const ground = await folderSyncGround()
  const { beta } = ground.pair
  beta.remove('/var/lib/postgresql/15/main/standby.signal')
  beta.put('/var/lib/postgresql/15/main/role', 'primary')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  for (const path of ground.fresh) expect(beta.has(path)).toBe(false)
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'PRECONDITION_FAILED', message: 'PostgreSQL on beta accepts writes.' },
  })
  await ground.dispose()
})
