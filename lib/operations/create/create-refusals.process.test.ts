import { statSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import type { ErrorCode } from '@/lib/errors'
import { type FolderGround, folderCreateGround } from '@/test/harness/folder-ground'
import type { FolderPair } from '@/test/harness/folder-pair'
import { listeningIo } from '@/test/harness/step-io'
import { doUpTo, errorOfStep, stepOf } from '@/test/harness/step-trial'

const data = '/var/lib/postgresql/15/main'
const copy = `${data}.understudy-0a1b2c3d-copy`
const aside = `${data}.understudy-0a1b2c3d`
const hba = '/etc/postgresql/15/main/pg_hba.conf'

let ground: FolderGround
afterEach(() => ground.dispose())

async function groundAt(id: string): Promise<FolderGround> {
  ground = await folderCreateGround()
  await doUpTo(ground, id)
  return ground
}

type Refusal = {
  readonly step: string
  readonly when: string
  readonly hurt: (pair: FolderPair) => void
  readonly code: ErrorCode
  readonly message: RegExp
  /** What must be true afterwards, beside the invariants. */
  readonly still?: (pair: FolderPair) => boolean
}

const refusals: readonly Refusal[] = [
  {
    step: 'prove-hosts',
    when: 'another machine answers at the standby’s address',
    hurt: ({ beta }) => beta.put('/etc/machine-id', 'c0ffee\n'),
    code: 'WRONG_HOST',
    message: /^beta is another machine than when the plan was made\.$/,
  },
  {
    step: 'prove-hosts',
    when: 'another machine answers at the primary’s address',
    hurt: ({ alpha }) => alpha.put('/etc/machine-id', 'c0ffee\n'),
    code: 'WRONG_HOST',
    message: /^alpha is another machine/,
  },
  {
    step: 'prove-hosts',
    when: 'the primary’s server is another one',
    hurt: ({ servers }) => servers.primary.change({ identifier: '7' }),
    code: 'WRONG_HOST',
    message: /^PostgreSQL on alpha is not the primary of the plan any more\.$/,
  },
  {
    step: 'replication-roles',
    when: 'somebody else has made a role of that name',
    hurt: ({ servers }) => servers.primary.roles.set('understudy_monitor', 'of somebody'),
    code: 'PRECONDITION_FAILED',
    message: /^understudy_monitor exists on alpha and is not ours\.$/,
    still: ({ servers }) => servers.primary.roles.get('understudy_monitor') === 'of somebody',
  },
  {
    step: 'primary-access-rules',
    when: 'PostgreSQL can’t read the file with the new lines',
    hurt: ({ servers }) => {
      servers.primary.hbaErrors = [{ line: 1, error: 'invalid' }]
    },
    code: 'STEP_FAILED',
    message: /^PostgreSQL on alpha can’t read the new pg_hba\.conf\.$/,
    still: ({ alpha }) => alpha.read(hba) === 'local all postgres peer\n',
  },
  {
    step: 'primary-access-rules',
    when: 'the file is not there',
    hurt: ({ alpha }) => alpha.remove(hba),
    code: 'HOST_COMMAND_FAILED',
    message: /alpha/,
  },
  {
    step: 'base-backup',
    when: 'the copy ends with an error',
    hurt: ({ beta }) => beta.put('/.fail-backup', ''),
    code: 'HOST_COMMAND_FAILED',
    message: /^The base backup on beta ended with exit code 1\.$/,
    still: ({ beta, servers }) => !beta.has(copy) && servers.standby.isWritable(),
  },
  {
    step: 'stop-application',
    when: 'something starts the application again',
    hurt: ({ beta }) => beta.put('/.units/ledger.service/sticky', ''),
    code: 'STEP_FAILED',
    message: /^ledger\.service on beta still runs or still starts at boot\.$/,
  },
  {
    step: 'stop-postgres',
    when: 'something keeps PostgreSQL up',
    hurt: ({ beta }) => beta.put('/.units/postgresql@15-main.service/sticky', ''),
    code: 'STEP_FAILED',
    message: /^PostgreSQL on beta still runs\.$/,
    still: ({ beta }) => beta.has(`${data}/old-data`),
  },
  {
    step: 'put-aside',
    when: 'somebody has started PostgreSQL again',
    hurt: ({ beta }) => beta.put('/.units/postgresql@15-main.service/active', ''),
    code: 'PRECONDITION_FAILED',
    message: /^PostgreSQL on beta runs: its data is not moved under it\.$/,
    still: ({ beta }) => beta.has(`${data}/old-data`) && !beta.has(aside),
  },
  {
    step: 'place-copy',
    when: 'its place is taken',
    hurt: ({ beta }) => beta.put(`${data}/of-somebody`, 'x'),
    code: 'PRECONDITION_FAILED',
    message: /^Data on beta could not be moved: the new name is taken\.$/,
    still: ({ beta }) => beta.read(`${data}/of-somebody`) === 'x' && beta.has(`${copy}/standby.signal`),
  },
  {
    step: 'start-standby',
    when: 'the server that runs is no standby of the primary',
    hurt: ({ servers }) => servers.standby.change({ identifier: '7' }),
    code: 'STEP_FAILED',
    message: /^PostgreSQL on beta runs, but not as a standby of alpha\.$/,
  },
  {
    step: 'sync-sender',
    when: 'a directory is not there',
    hurt: ({ alpha }) => alpha.remove('/srv/ledger/etc'),
    code: 'PRECONDITION_FAILED',
    message: /^\/srv\/ledger\/etc is not there on alpha\.$/,
  },
  {
    step: 'sync-access',
    when: 'the primary does not let the standby in',
    hurt: ({ alpha, beta }) => {
      beta.put('/.bin/ssh', '#!/bin/sh\necho Permission denied >&2\nexit 255\n', 0o755)
      alpha.put('/home/operator/.ssh/authorized_keys', 'ssh-rsa AAAA of somebody\n')
    },
    code: 'STEP_FAILED',
    message: /^beta is not let in on alpha as operator\.$/,
    still: ({ alpha }) =>
      alpha.read('/home/operator/.ssh/authorized_keys').startsWith('ssh-rsa AAAA of somebody\n'),
  },
  {
    step: 'first-copy',
    when: 'the source lost its mark',
    hurt: ({ alpha }) => alpha.remove('/srv/ledger/vault/.understudy-source'),
    code: 'HOST_COMMAND_FAILED',
    message: /^Vault \(\/srv\/ledger\/vault\) could not be copied to beta: the source has no mark\.$/,
    still: ({ beta }) => beta.read(`/srv/ledger/vault.understudy-0a1b2c3d/file`) === 'old',
  },
  {
    step: 'sync-schedule',
    when: 'cron does not run',
    hurt: ({ beta }) => beta.put('/.no-cron', ''),
    code: 'STEP_FAILED',
    message: /^cron does not run on beta\.$/,
  },
  {
    step: 'mark-paired',
    when: 'the store did not keep it',
    hurt: ({ pairs }) => {
      pairs.update = async () => undefined
    },
    code: 'STEP_FAILED',
    message: /^The pair was not recorded\.$/,
  },
]

describe('a create stops with a sentence and harms nothing', () => {
  test.each(refusals)('at $step when $when', async ({ step, hurt, code, message, still }) => {
    const { pair, verifyInvariants } = await groundAt(step)
    hurt(pair)
    const error = await errorOfStep(stepOf(ground, step))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(error.fix).not.toBe('')
    await verifyInvariants()
    expect(still?.(pair) ?? true).toBe(true)
  })
})

describe('an undo refuses to harm what is not ours', () => {
  test('what took the old data’s place meanwhile stays, and so does the old data', async () => {
    const { pair } = await groundAt('place-copy')
    pair.beta.put(`${data}/of-somebody`, 'x')
    const error = await errorOfStep(stepOf(ground, 'put-aside'), 'undo')
    expect(error).toMatchObject({ code: 'STEP_FAILED', fix: expect.stringContaining(aside) })
    expect(pair.beta.read(`${data}/of-somebody`)).toBe('x')
    expect(pair.beta.read(`${aside}/old-data`)).toBe('7400000000000000002')
  })

  test('a copy that runs is not taken out of its place', async () => {
    await groundAt('see-streaming')
    for (const id of ['place-copy', 'put-aside']) {
      const error = await errorOfStep(stepOf(ground, id), 'undo')
      expect(error.message, id).toMatch(/^PostgreSQL on beta runs: its data is not moved under it\.$/)
    }
    expect(ground.pair.servers.standby.streamsFrom(ground.pair.servers.primary)).toBe(true)
  })

  test('the old server is not started while its data is aside', async () => {
    const { pair } = await groundAt('place-copy')
    const error = await errorOfStep(stepOf(ground, 'stop-postgres'), 'undo')
    expect(error.message).toBe('The old data of beta is not in its place.')
    expect(pair.servers.standby.isRunning()).toBe(false)
  })

  test('a role that somebody else made is never dropped', async () => {
    const { pair } = await groundAt('replication-roles')
    pair.servers.primary.roles.set('understudy_repl', 'of somebody')
    const said = await stepOf(ground, 'replication-roles').undo?.(null, listeningIo())
    expect(said).toBe('This operation made none of the roles.')
    expect([...pair.servers.primary.roles]).toEqual([['understudy_repl', 'of somebody']])
  })

  test('a key that somebody else added to authorized_keys meanwhile stays', async () => {
    const { pair } = await groundAt('first-copy')
    const file = '/home/operator/.ssh/authorized_keys'
    pair.alpha.put(file, `${pair.alpha.read(file)}ssh-rsa AAAA of somebody\n`)
    await stepOf(ground, 'sync-access').undo?.(null, listeningIo())
    expect(pair.alpha.read(file)).toBe('ssh-rsa AAAA of somebody\n')
  })

  test('settings that were set before are set back to what they were', async () => {
    const { pair } = await groundAt('password-file')
    expect([...pair.servers.primary.altered]).toEqual([['wal_keep_size', '512MB']])
    await stepOf(ground, 'wal-settings').undo?.(null, listeningIo())
    expect(pair.servers.primary.altered.size).toBe(0)
  })
})

describe('the copy of the database', () => {
  const jobId = 'base-backup-0a1b2c3d-0000-4000-8000-000000000000'

  test('that vanished is begun anew when the operation is resumed, and what it left is removed', async () => {
    const { pair } = await groundAt('base-backup')
    pair.beta.put(`${copy}/half`, 'x')
    pair.beta.setJob(jobId, { state: 'vanished' })
    const io = listeningIo()
    const step = stepOf(ground, 'base-backup')
    expect(await step.check(null, io)).toEqual({ done: false })
    await step.run(null, io)
    expect(io.said).toContain('What is left of an earlier copy is removed.')
    expect(pair.beta.has(`${copy}/half`)).toBe(false)
    expect(await step.verify(null, io)).toContain('7400000000000000001')
  })

  test('of another server is never taken for the primary’s', async () => {
    const { pair } = await groundAt('configure-copy')
    pair.beta.put(`${copy}/global/pg_control`, "identifier='7'\ntimeline='1'\nlsn='0/1'\nrows=''\n")
    const io = listeningIo()
    await expect(stepOf(ground, 'base-backup').verify(null, io)).rejects.toMatchObject({
      code: 'STEP_FAILED',
    })
  })

  test('is a standby before it takes the place of the old data', async () => {
    const { pair } = await groundAt('stop-application')
    expect(pair.beta.read(`${copy}/standby.signal`)).toContain('0a1b2c3d-0000-4000-8000-000000000000')
    expect(pair.beta.read(`${copy}/postgresql.auto.conf`)).toContain('host=10.7.0.11')
    expect(pair.servers.standby.isWritable()).toBe(true)
  })
})

describe('secrets', () => {
  test('stand in files of mode 0600 and in no command, statement or plan', async () => {
    const { pair, plan } = await groundAt('sync-schedule')
    const path = pair.beta.path('/var/lib/understudy/ledger/replication.pgpass')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const shown = [
      ...pair.alpha.ran,
      ...pair.beta.ran,
      ...pair.alpha.asked,
      ...pair.beta.asked,
      JSON.stringify(plan),
    ]
    expect(shown.join('\n')).not.toContain('correct-horse-battery')
    expect(pair.beta.read('/var/lib/understudy/ledger/replication.pgpass')).toBe(
      '10.7.0.11:5432:replication:understudy_repl:correct-horse-battery\n',
    )
  })

  test('the standby’s key is made once, however often the step runs', async () => {
    const { pair } = await groundAt('sync-sender')
    pair.beta.put('/var/lib/understudy/ledger/sync_key', 'the first one')
    await stepOf(ground, 'sync-key').run(null, listeningIo())
    expect(pair.beta.read('/var/lib/understudy/ledger/sync_key')).toBe('the first one')
  })
})

describe('the application that went down with PostgreSQL on the primary', () => {
  const unit = '/.units/ledger.service'
  async function down() {
    ground = await folderCreateGround({ needsRestart: true })
    await doUpTo(ground, 'restart-primary')
    const { alpha } = ground.pair
    const step = stepOf(ground, 'restart-primary')
    await step.run(null, listeningIo())
    alpha.remove(`${unit}/active`)
    const restarts = () => alpha.ran.filter((text) => text.startsWith('systemctl restart')).length
    return { alpha, step, restarts }
  }

  test('is started again, and PostgreSQL not restarted a second time for it', async () => {
    const { alpha, step, restarts } = await down()
    const before = restarts()
    expect(await step.check(null, listeningIo())).toEqual({ done: false })
    await step.run(null, listeningIo())
    expect(alpha.has(`${unit}/active`)).toBe(true)
    expect(restarts()).toBe(before)
    expect(await step.check(null, listeningIo())).toMatchObject({ done: true })
  })

  test('is started by an undo too', async () => {
    const { alpha, step } = await down()
    expect(await step.undo?.(null, listeningIo())).toMatch(/^ledger\.service runs again\. PostgreSQL is not/)
    expect(alpha.has(`${unit}/active`)).toBe(true)
  })

  test('and does not come up again, or not healthy, is told: the step does not end well', async () => {
    const { alpha, step } = await down()
    await expect(step.verify(null, listeningIo())).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: 'ledger.service on alpha stopped when PostgreSQL was restarted, and does not run again.',
    })
    alpha.put(`${unit}/active`, '')
    alpha.put('/srv/ledger/bin/check', '#!/bin/sh\nexit 1\n', 0o755)
    await expect(step.verify(null, listeningIo())).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('its check says that it is not healthy'),
    })
  })
})
