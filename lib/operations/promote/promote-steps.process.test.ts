import { describe, expect, test } from 'vitest'
import { chainedProofs } from '@/test/harness/engine-proofs'
import { EngineTrial } from '@/test/harness/engine-trial'
import { folderPromoteGround } from '@/test/harness/folder-promote-ground'

describe.each([
  ['whose primary answers', false],
  ['whose primary is dead', true],
] as const)('a promotion %s', (_, isDead) => {
  test('goes to its end', async () => {
    const ground = await folderPromoteGround({ isDead })
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })

  test.each(chainedProofs(() => folderPromoteGround({ isDead })))(
    '$name',
    { timeout: 300_000 },
    ({ prove }) => prove(),
  )
})

test('a primary that is back when the standby is about to be promoted stops the promotion', async () => {
  const ground = await folderPromoteGround({ isDead: true })
  const trial = new EngineTrial(ground)
  ground.pair.alpha.remove('/.unplugged')
  trial.expect(await trial.life(), 'failed')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'PRECONDITION_FAILED', message: 'PostgreSQL on alpha answers again and is not fenced.' },
  })
  expect(ground.pair.servers.standby.isWritable()).toBe(false)
  await ground.dispose()
})
