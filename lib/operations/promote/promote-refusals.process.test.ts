import { afterEach, describe, expect, test } from 'vitest'
import type { ErrorCode } from '@/lib/errors'
import { ownerDatabase } from '@/lib/operations/owner-database'
import { promoteFacts } from '@/lib/operations/promote/facts'
import { promoteBasis } from '@/lib/operations/promote/plan-promote'
import { finalPull } from '@/lib/operations/promote/steps/final-pull'
import { systemClock } from '@/lib/time'
import { EngineTrial } from '@/test/harness/engine-trial'
import type { FolderGround } from '@/test/harness/folder-ground'
import type { FolderPair } from '@/test/harness/folder-pair'
import { folderPromoteGround } from '@/test/harness/folder-promote-ground'
import { listeningIo } from '@/test/harness/step-io'
import { doUpTo, errorOfStep, stepOf } from '@/test/harness/step-trial'

const data = '/var/lib/postgresql/15/main'
const unopened = () => Promise.reject(new Error('no database is asked'))
let ground: FolderGround
afterEach(() => ground.dispose())

async function groundAt(id: string, isDead = false): Promise<FolderGround> {
  ground = await folderPromoteGround({ isDead })
  await doUpTo(ground, id)
  return ground
}

type Refusal = {
  readonly step: string
  readonly when: string
  readonly hurt: (pair: FolderPair) => void
  readonly code: ErrorCode
  readonly message: RegExp
}

const refusals: readonly Refusal[] = [
  {
    step: 'fence-primary',
    when: 'something keeps the old primary’s PostgreSQL up',
    hurt: ({ alpha }) => alpha.put('/.units/postgresql@15-main.service/sticky', ''),
    code: 'STEP_FAILED',
    message: /^alpha is not fenced: its PostgreSQL runs, or would start writable\.$/,
  },
  {
    step: 'stop-old-application',
    when: 'something keeps the application up',
    hurt: ({ alpha }) => alpha.put('/.units/ledger.service/sticky', ''),
    code: 'STEP_FAILED',
    message: /^ledger\.service on alpha still runs or still starts at boot\.$/,
  },
  {
    step: 'promote-standby',
    when: 'another machine answers at the standby’s address',
    hurt: ({ beta }) => beta.put('/etc/machine-id', 'c0ffee\n'),
    code: 'WRONG_HOST',
    message: /^beta is not the standby that the plan was made for\.$/,
  },
  {
    step: 'promote-standby',
    when: 'the standby’s data are of another system',
    hurt: ({ servers }) => servers.standby.change({ identifier: '7' }),
    code: 'WRONG_HOST',
    message: /^beta is not the standby that the plan was made for\.$/,
  },
  {
    step: 'promote-standby',
    when: 'the standby accepts writes without having been promoted',
    hurt: ({ beta }) => beta.put(`${data}/role`, 'primary\n'),
    code: 'WRONG_HOST',
    message: /^beta is not in recovery, and was not promoted either\.$/,
  },
  {
    step: 'exchange-roles',
    when: 'the store did not keep it',
    hurt: ({ pairs }) => {
      pairs.update = async () => undefined
    },
    code: 'STEP_FAILED',
    message: /^The roles were not recorded\.$/,
  },
]

describe('a promotion stops with a sentence, and never makes two primaries', () => {
  test.each(refusals)('at $step when $when', async ({ step, hurt, code, message }) => {
    const { pair, verifyInvariants } = await groundAt(step)
    hurt(pair)
    const error = await errorOfStep(stepOf(ground, step))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(error.fix).toMatch(/\.$/)
    if (step !== 'exchange-roles') await verifyInvariants()
  })
})

describe('a fenced primary', () => {
  test('that is started by hand comes up read-only', async () => {
    const { pair, verifyInvariants } = await groundAt('promote-standby')
    await pair.alpha.run({
      text: 'systemctl start -- postgresql@15-main.service',
      as: 'root',
      stdin: null,
      stdinIsSecret: false,
    })
    expect(pair.servers.primary.isRunning()).toBe(true)
    expect(pair.servers.primary.isWritable()).toBe(false)
    await verifyInvariants()
  })

  test('is known by this operation’s own mark: what another has fenced is not taken back by an undo', async () => {
    const { pair } = await groundAt('promote-standby')
    pair.alpha.put(`${data}/standby.signal`, 'Understudy fence, operation another\n')
    await stepOf(ground, 'fence-primary').undo?.(null, listeningIo())
    expect(pair.alpha.read(`${data}/standby.signal`)).toBe('Understudy fence, operation another\n')
    expect(pair.servers.primary.isWritable()).toBe(false)
  })
})

describe('on a primary without its data directory', () => {
  test('what can’t be done is said, and holds nothing up', async () => {
    ground = await folderPromoteGround({ isDead: false, halfDead: 'without-data' })
    const { alpha } = ground.pair
    alpha.put('/.units/ledger.service/sticky', '')
    alpha.put('/usr/lib/postgresql/15/bin/pg_ctl', '#!/bin/sh\nexit 1\n', 0o755)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    const told = trial.operations.recorded.map(({ event }) => ('line' in event ? event.line : ''))
    expect(told).toContain('ledger.service on alpha still runs or still starts at boot.')
    expect(ground.pair.servers.standby.isWritable()).toBe(true)
    expect(ground.pair.pairs.current.formerPrimary).toBe('watched')
  })

  test('nothing is stopped once its PostgreSQL answers again: it can be fenced then', async () => {
    ground = await folderPromoteGround({ isDead: false, halfDead: 'without-data' })
    ground.pair.alpha.put('/.units/postgresql@15-main.service/active', '')
    ground.pair.alpha.put(`${data}/role`, 'primary')
    ground.pair.alpha.put(`${data}/global/pg_control`, "identifier='7'\ntimeline='1'\nlsn='0/1'\n")
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'failed')
    expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
      error: { code: 'PRECONDITION_FAILED', message: 'PostgreSQL on alpha answers again.' },
    })
    expect(ground.pair.alpha.has('/.units/ledger.service/active')).toBe(true)
  })
})

describe('the last files', () => {
  test('that can’t be pulled hold nothing up, and it is said which are not up to date', async () => {
    const { pair } = await groundAt('final-pull')
    pair.alpha.remove('/srv/ledger/vault/.understudy-source')
    const io = listeningIo()
    const step = stepOf(ground, 'final-pull')
    await step.run(null, io)
    expect(io.said.toSorted()).toEqual(['Settings: up to date.', 'Vault: the source has no mark.'])
    expect(await step.verify(null, io)).toBe('Not up to date: Vault; what is missing stays on alpha.')
  })

  test('are not taken for pulled where the runner can’t even begin, which leaves the good record of the run before', async () => {
    const { pair } = await groundAt('final-pull')
    pair.beta.put('/.no-runner', '')
    const io = listeningIo()
    const step = stepOf(ground, 'final-pull')
    await step.run(null, io)
    expect(io.said.toSorted()).toEqual([
      'Settings: the runner ended with 2.',
      'Vault: the runner ended with 2.',
    ])
    expect(await step.verify(null, io)).toMatch(/^Not up to date: Vault, Settings;/)
  })

  test('are not asked for where the old primary does not let the standby in', async () => {
    const { pair } = await groundAt('final-pull')
    pair.alpha.remove('/home/operator/.ssh/authorized_keys')
    const io = listeningIo()
    await stepOf(ground, 'final-pull').run(null, io)
    expect(io.said).toEqual(['alpha does not answer beta by SSH: nothing was pulled.'])
    expect(await stepOf(ground, 'final-pull').verify(null, io)).toMatch(/^Not up to date: Vault, Settings;/)
  })
})

describe('the time for the last files', () => {
  test('is one for all of them: what is late then is ended, what was not begun is not, and both are said', async () => {
    const { pair, plan } = await groundAt('final-pull')
    const { pairs, hosts, profile, beta, ports } = pair
    beta.put('/.bin/understudy-sync', '#!/bin/sh\nexec sleep 60\n', 0o755)
    const [first] = pairs.current.settings.directories
    if (!first) throw new Error('the pair has no directories')
    const directories = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ ...first, id, title: id.toUpperCase() }))
    const facts = promoteFacts.parse(plan.facts)
    const settings = { ...pairs.current.settings, directories }
    const { operationId } = plan
    const basis = promoteBasis({ operationId, pair: { ...pairs.current, settings }, profile, hosts, facts })
    if (!basis) throw new Error('there is no basis')
    const doors = { primary: ports.doors.door(hosts.primary), standby: ports.doors.door(hosts.standby) }
    const databases = { primary: ownerDatabase(unopened), standby: ownerDatabase(unopened) }
    const secrets = {
      ensure: async () => '',
      hide: (text: string) => text,
      makeOnce: () => 'unused',
      scramVerifier: () => '',
    }
    const context = { ...basis, doors, databases, secrets, pairs, clock: systemClock }
    const io = listeningIo()
    const step = finalPull(basis, { maxMs: 700 })
    await step.run(context, io)
    const over = 'the time for the last files was over.'
    expect(io.said.toSorted()).toEqual([
      `A: not pulled to the end: ${over}`,
      `B: not pulled to the end: ${over}`,
      `C: not pulled, ${over}`,
      `D: not pulled, ${over}`,
      `E: not pulled, ${over}`,
    ])
    expect(await step.verify(context, io)).toBe(
      'Not up to date: A, B, C, D, E; what is missing stays on alpha.',
    )
    const jobs = directories.map(({ id }) => doors.standby.jobState(`final-pull-${operationId}-${id}`))
    expect((await Promise.all(jobs)).map(({ state }) => state)).toEqual(directories.map(() => 'absent'))
  })
})

describe('a pull of the last files that was broken off', () => {
  test('leaves no job on the standby once it is taken back', async () => {
    const { pair } = await groundAt('final-pull')
    const jobs = ['vault', 'etc'].map((id) => `final-pull-f0e1d2c3-0000-4000-8000-000000000000-${id}`)
    const states = () =>
      Promise.all(jobs.map(async (id) => (await pair.beta.door.jobState(id)).state === 'absent'))
    const io = { ...listeningIo(), signal: AbortSignal.abort() }
    await expect(stepOf(ground, 'final-pull').run(null, io)).rejects.toThrow()
    expect(await states()).toContain(false)
    expect(await stepOf(ground, 'final-pull').undo?.(null, listeningIo())).toMatch(/^No pull runs any more/)
    expect(await states()).toEqual([true, true])
  })
})

describe('a standby that misses the signal because its stream was lost just now', () => {
  test('is told again at once: nobody waits until it wakes up by itself', async () => {
    const { pair } = await groundAt('promote-standby', true)
    pair.servers.standby.deafTo = 2
    const begunAt = performance.now()
    await stepOf(ground, 'promote-standby').run(null, listeningIo())
    expect(performance.now() - begunAt).toBeLessThan(4_000)
    expect(pair.servers.standby.isWritable()).toBe(true)
  })
})

describe('once it is promoted', () => {
  test('a standby is not promoted a second time, and its row is written once', async () => {
    const { pair } = await groundAt('exchange-roles')
    const step = stepOf(ground, 'promote-standby')
    expect(await step.check(null, listeningIo())).toMatchObject({ done: true })
    await step.run(null, listeningIo())
    expect(pair.servers.standby.control()).toMatchObject({
      timeline: '2',
      rows: ground.plan.operationId,
    })
  })

  test('a host that was dead and comes back is writable: it is watched for, not called fenced', async () => {
    const { pair } = await groundAt('start-application', true)
    expect(pair.pairs.current.formerPrimary).toBe('watched')
    expect(pair.alpha.ran.some((text) => text.includes('standby.signal'))).toBe(false)
  })
})
