import { describe, expect, test } from 'vitest'
import { EngineTrial } from '@/test/harness/engine-trial'
import { folderRotateGround } from '@/test/harness/folder-rotate-ground'
import { liveAsShown } from '@/test/harness/live-as-shown'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const variants = [
  ['a pair with its database', {}],
  ['a pair of files alone', { hasDatabase: false }],
  ['a primary that has another host key and another port by now', { isMoved: true }],
  ['a pair whose roles were exchanged before', { hasFormer: true }],
  ['a standby whose key is lost', { isLost: true }],
  ['a pair in which an earlier rotation was broken off and closed', { hasLeft: true }],
] as const

describe.each(variants)('%s', (_, given) => {
  test('has a new key, the only one that is let in, and nothing of another; what ran for it stood in the plan', async () => {
    const ground = await folderRotateGround(given)
    expect(await liveAsShown(ground)).toBe(ground.steps.length)
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('proved:', variants, folderRotateGround)

const keyPath = '/var/lib/understudy/ledger/sync_key'
const letIn = '/home/operator/.ssh/authorized_keys'

test('an old key that somebody else lets in too is not called refused: it is kept, and the operation says so', async () => {
  const ground = await folderRotateGround()
  const { alpha, beta } = ground.pair
  const old = beta.read(`${keyPath}.pub`)
  alpha.put(letIn, `${alpha.read(letIn)}${old}`, 0o600)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'PRECONDITION_FAILED', message: expect.stringContaining('still lets the old key in') },
  })
  expect(beta.has('/var/lib/understudy/ledger/rotation-f0e1d2c3/old')).toBe(true)
  alpha.put(letIn, alpha.read(letIn).replace(`\n${old}`, '\n'), 0o600)
  await trial.ask('resume')
  trial.expect(await trial.life(), 'succeeded')
  await ground.verifyDone()
  await ground.dispose()
})

test('where the primary does not answer, the old key is not called refused', async () => {
  const ground = await folderRotateGround()
  const { alpha, beta } = ground.pair
  const trial = new EngineTrial(ground)
  const steps = ground.steps.map((step) =>
    step.planned.id === 'drop-old-key'
      ? {
          ...step,
          run: async (...given: Parameters<typeof step.run>) => {
            // sshd refuses everybody: what the old key gets says nothing of it.
            alpha.put('/home/operator/.ssh/away', alpha.read(letIn))
            alpha.remove(letIn)
            try {
              await step.run(...given)
            } finally {
              alpha.put(letIn, alpha.read('/home/operator/.ssh/away'), 0o600)
              alpha.remove('/home/operator/.ssh/away')
            }
          },
        }
      : step,
  )
  trial.expect(await trial.life(steps), 'failed')
  expect(beta.has('/var/lib/understudy/ledger/rotation-f0e1d2c3/old')).toBe(true)
  await trial.ask('resume')
  trial.expect(await trial.life(), 'succeeded')
  await ground.verifyDone()
  await ground.dispose()
})

test('a directory that is not mounted on the primary does not keep a key from being rotated', async () => {
  const ground = await folderRotateGround()
  ground.pair.alpha.remove('/srv/ledger/vault/.understudy-source')
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  const said = JSON.stringify(trial.operations.recorded)
  expect(said).toContain('By the new key etc can be read, but vault, which is not there on alpha now')
  await ground.dispose()
})

test('a key that the primary does not let in is never put in place, and is taken back whole', async () => {
  const ground = await folderRotateGround()
  const { alpha, beta } = ground.pair
  const before = [alpha.read(letIn), beta.read(keyPath)]
  const trial = new EngineTrial(ground)
  const steps = ground.steps.map((step) =>
    step.planned.id === 'let-new-key-in'
      ? {
          ...step,
          run: async (...given: Parameters<typeof step.run>) => {
            await step.run(...given)
            // Somebody takes the line away at once.
            alpha.put(letIn, before[0] ?? '', 0o600)
          },
        }
      : step,
  )
  trial.expect(await trial.life(steps), 'failed')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'STEP_FAILED', message: expect.stringContaining('is not let in on alpha by the new key') },
  })
  expect([alpha.read(letIn), beta.read(keyPath)]).toEqual(before)
  await trial.ask('undo')
  trial.expect(await trial.life(), 'undone')
  await ground.verifyUndone()
  await ground.dispose()
})
