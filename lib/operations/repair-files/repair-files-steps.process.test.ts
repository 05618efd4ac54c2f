import { describe, expect, test } from 'vitest'
import { EngineTrial } from '@/test/harness/engine-trial'
import { folderRepairFilesGround } from '@/test/harness/folder-repair-files-ground'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const variants = [
  ['of a pair', {}],
  ['where there is no database', { hasDatabase: false }],
] as const

describe.each(variants)('a repair of files %s', (_, given) => {
  test('pulls exactly the files that its plan names, and counts them as repaired once they are compared again', async () => {
    const ground = await folderRepairFilesGround(given)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.verifyInvariants()
    await ground.dispose()
  })
})

proveSomeOf('proved: a repair of files', variants, folderRepairFilesGround)

test('a file that still differs is told with where to look, and the operation stands', async () => {
  const ground = await folderRepairFilesGround()
  ground.pair.alpha.remove('/srv/ledger/vault/.understudy-source')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: {
      message: 'Vault: 2 files still differ, e.g. plain.',
      fix: expect.stringContaining('Look into the log of Vault (rsync_vault.log) on beta'),
    },
  })
  await ground.dispose()
})

test('nothing is pulled onto a host that was promoted meanwhile', async () => {
  const ground = await folderRepairFilesGround()
  const { beta } = ground.pair
  beta.remove('/var/lib/postgresql/15/main/standby.signal')
  beta.put('/var/lib/postgresql/15/main/role', 'primary')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  for (const path of ground.damaged) expect(beta.read(path)).toBe('wrong')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'PRECONDITION_FAILED', message: 'PostgreSQL on beta accepts writes.' },
  })
  await ground.dispose()
})
