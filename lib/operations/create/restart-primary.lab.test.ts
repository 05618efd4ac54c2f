import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { alterStep, breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

let lab: Lab
let pair: LabPair
const application = 'ledger.service'
const postgres = 'postgresql@15-main.service'

/** A primary that needs a restart, whose application ends when PostgreSQL does and is started again by nobody. */
beforeAll(async () => {
  lab = await startLab()
  pair = await openLabPair(lab)
  await lab.host(0).exec(
    `mkdir -p /etc/systemd/system/${application}.d && cat > /etc/systemd/system/${application}.d/alone.conf && systemctl daemon-reload
     sed -i "s/^listen_addresses.*/listen_addresses = 'localhost'/" /etc/postgresql/15/main/conf.d/lab.conf
     systemctl restart ${postgres} && systemctl start ${application}`,
    { input: '[Service]\nRestart=no\n' },
  )
  await lab.host(0).awaitPostgres()
})
afterAll(async () => {
  await pair?.close()
  await lab.down()
})

const stateOf = async () => (await lab.host(0).tryExec(`systemctl is-active ${application}`)).stdout.trim()
const untilHealthy = () =>
  awaitFact(
    'a healthy application',
    async () => (await lab.host(0).tryExec('/srv/ledger/bin/check')).exitCode === 0,
    { timeoutMs: 20_000 },
  )
const startedAt = () => lab.host(0).sql('select pg_postmaster_start_time()')

/** A create whose worker dies when PostgreSQL has been restarted and the application has not been started yet. */
async function diedBetween() {
  await untilHealthy()
  const ground = await createGround(lab, pair, { agreeRestart: true })
  const trial = new EngineTrial(ground)
  const steps = ground.steps.map((step) =>
    step.planned.id === 'restart-primary'
      ? alterStep(step, {
          run: async () => {
            await lab.host(0).exec(`systemctl restart ${postgres}`)
            await lab.host(0).awaitPostgres()
            throw new LeftRunning('killed on purpose')
          },
        })
      : step,
  )
  expect(await trial.life(steps)).toBe('dead')
  await awaitFact('an application that is down', async () => (await stateOf()) !== 'active')
  return { ground, trial, restartedAt: await startedAt() }
}

test('a worker that dies between the restart of PostgreSQL and the start of the application: the next one starts it, and restarts nothing', async () => {
  const { ground, trial, restartedAt } = await diedBetween()
  trial.expect(await trial.life(breaksAt(ground.steps, 'base-backup')), 'failed')
  expect(await stateOf()).toBe('active')
  expect(await startedAt()).toBe(restartedAt)
  await lab.host(0).exec('/srv/ledger/bin/check')
  await trial.ask('undo')
  trial.expect(await trial.life(), 'undone')
  await ground.dispose()
})

test('undone at that point, the application runs too', async () => {
  await lab.host(0).exec(`systemctl restart ${postgres} && systemctl start ${application}`)
  await lab.host(0).awaitPostgres()
  const { ground, trial, restartedAt } = await diedBetween()
  trial.expect(
    await trial.life(
      ground.steps.map((step) =>
        step.planned.id === 'restart-primary'
          ? alterStep(step, { check: () => Promise.reject(new Error('broken')), attemptsMax: 1 })
          : step,
      ),
    ),
    'failed',
  )
  await trial.ask('undo')
  trial.expect(await trial.life(), 'undone')
  expect(await stateOf()).toBe('active')
  expect(await startedAt()).toBe(restartedAt)
  await ground.dispose()
})
