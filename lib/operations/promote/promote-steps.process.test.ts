import { describe, expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { EngineTrial } from '@/test/harness/engine-trial'
import { folderPromoteGround, movingHook } from '@/test/harness/folder-promote-ground'
import { liveAsShown } from '@/test/harness/live-as-shown'
import { proveSomeOf } from '@/test/harness/prove-some-of'

const both = { database: true, files: true }
const filesAlone = { database: false, files: true }

const variants = [
  ['whose primary answers', { isDead: false, scope: both }],
  ['whose primary is dead', { isDead: true, scope: both }],
  ['whose primary hangs', { isDead: false, halfDead: 'hung', scope: both }],
  ['whose primary has no data directory', { isDead: false, halfDead: 'without-data', scope: both }],
  ['whose replay is paused', { isDead: false, isPaused: true, scope: both }],
  ['of files alone whose primary answers', { isDead: false, scope: filesAlone }],
  ['of files alone whose primary is dead', { isDead: true, scope: filesAlone }],
] as const

describe.each(variants)('a promotion %s', (_, given) => {
  test('goes to its end, and what it ran on the hosts stood in its plan', async () => {
    const ground = await folderPromoteGround(given)
    expect(await liveAsShown(ground)).toBeGreaterThan(1)
    await ground.verifyDone()
    await ground.dispose()
  })
})

proveSomeOf('a promotion', variants, folderPromoteGround)

test('what a plan does not show of a promotion is found when it is run', async () => {
  const ground = await folderPromoteGround({ isDead: true })
  const steps = ground.plan.steps.map((step) => ({ ...step, preview: [] }))
  await expect(liveAsShown({ ...ground, plan: { ...ground.plan, steps } })).rejects.toThrow(
    /promote-standby: .+start-application: /s,
  )
  await ground.dispose()
})

test('files that rows refer to and that the promoted host lacks are named in the report, and fail nothing', async () => {
  const ground = await folderPromoteGround({ isDead: true })
  const { beta } = ground.pair
  const { answer } = beta
  const rows = ['file', 'lost "$(touch pwned)"'].map((name) => ({ name: Buffer.from(name).toString('hex') }))
  beta.answer = (text, params) => {
    if (text.includes('pg_typeof(named')) return [{ type: 'text' }]
    return text.includes('as named(path)') ? rows : answer(text, params)
  }
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  const sentence = 'Entries: 1 file that rows refer to is missing in Vault on beta: lost "$(touch pwned)".'
  expect(trial.operations.recorded.map(({ event }) => event)).toContainEqual({
    type: 'step.succeeded',
    stepId: 'report-row-files',
    sentence,
  })
  await ground.verifyDone()
  await ground.dispose()
})

test('a question for such files that PostgreSQL refuses is told, and fails nothing', async () => {
  const ground = await folderPromoteGround({ isDead: true })
  const { beta } = ground.pair
  const { answer } = beta
  beta.answer = (text, params) => {
    if (text.includes('pg_typeof(named'))
      throw new AppError('POSTGRES_QUERY_FAILED', 'It refused a statement.')
    return answer(text, params)
  }
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  expect(JSON.stringify(trial.operations.recorded)).toContain('can’t be known: It refused a statement.')
  await ground.dispose()
})

test('a primary of files that is back when its standby is about to be promoted stops the promotion', async () => {
  const ground = await folderPromoteGround({ isDead: true, scope: filesAlone })
  const trial = new EngineTrial(ground)
  ground.pair.alpha.remove('/.unplugged')
  trial.expect(await trial.life(), 'failed')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'PRECONDITION_FAILED', message: 'alpha answers again and is not fenced.' },
  })
  expect(ground.pair.beta.read('/var/lib/understudy/ledger/file-role')).toBe('standby\n')
  await ground.dispose()
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

test('an application that is not healthy after a promotion is told, the promotion stands, and mended it is resumed', async () => {
  const ground = await folderPromoteGround({ isDead: true, checkTimeoutSeconds: 1 })
  const { beta, servers, pairs, hosts } = ground.pair
  const check = beta.read('/srv/ledger/bin/check')
  beta.put('/srv/ledger/bin/check', '#!/bin/sh\nexit 1\n', 0o755)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: {
      code: 'STEP_FAILED',
      message: 'ledger.service runs on beta, but its check says that it is not healthy.',
      fix: 'Run it yourself: /srv/ledger/bin/check. The database is promoted and writable; mend the application, then resume.',
    },
  })
  expect(servers.standby.isWritable()).toBe(true)
  expect(pairs.current.hosts.primary).toBe(hosts.standby.id)
  await expect(trial.ask('undo')).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
  beta.put('/srv/ledger/bin/check', check, 0o755)
  await trial.ask('resume')
  trial.expect(await trial.life(), 'succeeded')
  await ground.verifyDone()
  await ground.dispose()
})

const outputOf = (trial: EngineTrial<null>) =>
  trial.operations.recorded.flatMap(({ event }) => (event.type === 'step.output' ? [event.line] : []))

test('a hook is told who is who, and what it says stands in the record', async () => {
  const ground = await folderPromoteGround({ isDead: true })
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  const { alpha, beta } = {
    alpha: ground.pair.hosts.primary.address,
    beta: ground.pair.hosts.standby.address,
  }
  expect(outputOf(trial)).toContain(`moved from ${alpha} to ${beta} for ledger`)
  await ground.dispose()
})

test.each([
  ['fails', { command: 'echo why; exit 3', timeoutSeconds: 20 }, 'with exit code 3'],
  ['hangs', { command: 'echo why; sleep 60', timeoutSeconds: 1 }, 'without an exit code'],
])('a hook that %s is told with its output, and the promotion stands', async (_how, over, words) => {
  const ground = await folderPromoteGround({ isDead: true, hook: { ...movingHook, ...over } })
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  expect(outputOf(trial)).toContain('why')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
    error: { code: 'STEP_FAILED', message: expect.stringContaining(words) },
  })
  expect(ground.pair.servers.standby.isWritable()).toBe(true)
  await ground.dispose()
})
