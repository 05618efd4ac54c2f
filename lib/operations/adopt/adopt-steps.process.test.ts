import { describe, expect, test } from 'vitest'
import { EngineTrial } from '@/test/harness/engine-trial'
import {
  cronFile,
  fetchLine,
  folderAdoptGround,
  type GivenAdoption,
  rootCrontab,
} from '@/test/harness/folder-adopt-ground'
import { dataDirectory } from '@/test/harness/folder-server'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const variants: readonly [string, GivenAdoption][] = [
  ['whole', {}],
  [
    'whole, told in a file that is not PostgreSQL’s own, without a slot',
    { toldIn: 'postgresql.conf', hasSlot: false },
  ],
  ['of its replication', { pieces: ['replication'] }],
  ['of its files', { pieces: ['files'] }],
  ['of what is left', { taken: ['replication'], pieces: ['files', 'application', 'kit'] }],
]

describe.each(variants)('taking a pair over, %s', (_, given) => {
  test('goes to its end', async () => {
    const ground = await folderAdoptGround(given)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('taking a pair over,', variants, folderAdoptGround)

test('what copied before is a comment afterwards, word for word, and everything around it as it was', async () => {
  const ground = await folderAdoptGround()
  const { alpha, beta } = ground.pair
  const before = [beta.read(rootCrontab), alpha.read(cronFile)]
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  expect(beta.read(rootCrontab)).toBe(
    before[0]?.replace(fetchLine, `# held by understudy ledger adopt: ${fetchLine}`),
  )
  expect(alpha.read(cronFile)).toMatch(/^SHELL=\/bin\/sh\n# held by understudy ledger adopt: \*/)
  await ground.dispose()
})

test('a standby that is not let in by the pair’s own role streams as before while somebody finds out why', async () => {
  let minutes = 0
  const clock = { now: () => new Date(60_000 * minutes++) }
  const ground = await folderAdoptGround({ clock })
  const { beta, servers } = ground.pair
  const before = beta.read(`${dataDirectory}/postgresql.auto.conf`)
  servers.primary.refused.add('understudy_repl')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  expect(servers.standby.streamName()).toBe('beta')
  expect(beta.read(`${dataDirectory}/postgresql.auto.conf`)).toBe(before)
  await ground.verifyInvariants()
  servers.primary.refused.clear()
  await trial.ask('resume')
  trial.expect(await trial.life(), 'succeeded')
  await ground.verifyDone()
  await ground.dispose()
})
