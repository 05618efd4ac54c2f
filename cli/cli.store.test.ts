import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { passwords } from '@/lib/auth/passwords'
import type { Pair } from '@/lib/domain/pair'
import type { OpenStore } from '@/lib/io/store/open-store'
import { observationOf } from '@/test/harness/observations'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import { type TestCli, testCli } from '@/test/harness/run-cli'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'
import { aVerdict, insertPair, newHost, newOperation } from '@/test/harness/store-fixtures'

let test_: TestStore
let store: OpenStore
let cli: TestCli
let pair: Pair

/** What the worker would have seen just now, or some seconds ago. */
async function look(
  changes: Parameters<typeof observationOf>[0] = {},
  secondsAgo = 0,
  state = 'protected' as const,
): Promise<void> {
  const at = new Date(Date.now() - secondsAgo * 1000).toISOString()
  await store.observations.put({
    pairId: pair.id,
    observation: observationOf(changes, at),
    verdict: { ...aVerdict, state, reasons: ['All is well.'], since: at },
  })
}

beforeAll(async () => {
  test_ = await createTestStore()
  store = test_.store
  cli = await testCli(test_.connectionString)
  pair = await insertPair(store, { slug: 'ledger', isPaired: true })
})
afterAll(async () => {
  cli.remove()
  await test_.close()
})

describe('logs', () => {
  test('are listed with their files; a host that is not the pair’s is a wrong usage', async () => {
    const { exitCode, stdout } = await cli.run(['logs'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^warm-standby +Setup and command output +\/var\/log\/.*warm_standby\.log$/m)
    expect(await cli.run(['logs', 'warm-standby', '--host', 'nobody'])).toMatchObject({ exitCode: 2 })
    expect(await cli.run(['logs', 'warm-standby', '-n', 'all'])).toMatchObject({ exitCode: 2 })
  })
})

describe('usage', () => {
  test('a wrong word, a wrong option and a missing one are exit code 2, in commands of commands too', async () => {
    for (const args of [
      ['nope'],
      ['status', '--nope'],
      ['hosts', 'add', 'x'],
      ['plan', 'create', 'x'],
      ['status', '-o', 'xml'],
    ]) {
      const { exitCode, stdout, stderr } = await cli.run(args)
      expect({ args, exitCode, stdout }).toEqual({ args, exitCode: 2, stdout: '' })
      expect(stderr).toMatch(/^error: /)
    }
  })

  test('help costs at most half a second of CPU, the status of a pair a second', async () => {
    // What the first one after a change of the sources builds is not of every command.
    await cli.spawn(['--help'])
    expect(await cli.cpuMs(['--help'])).toBeLessThan(500)
    expect(await cli.cpuMs(['status'])).toBeLessThan(1_000)
  })

  test('the installed command prints what it can do, and its exit code reaches the shell', async () => {
    const help = await cli.spawn(['--help'])
    expect(help).toMatchObject({ exitCode: 0, stderr: '' })
    for (const command of [
      'status',
      'pairs',
      'hosts',
      'create',
      'promote',
      'plan',
      'logs',
      'operations',
      'user',
      'audit',
      'doctor',
      'start',
    ])
      expect(help.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
    expect(await cli.spawn(['status', '--nope'])).toMatchObject({ exitCode: 2, stdout: '' })
  })

  test('a directory without a dashboard is said, and none is made there', async () => {
    const { exitCode, stderr } = await cli.run(['pairs', '--data-dir', `${cli.dataDirectory}/nowhere`])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('There is no dashboard in')
    expect(await cli.run(['pairs', '--data-dir', `${cli.dataDirectory}/nowhere`])).toMatchObject({
      exitCode: 1,
    })
  })
})

describe('status', () => {
  test('exit code 6 and the reason while nobody looks at the hosts', async () => {
    const { exitCode, stdout } = await cli.run(['status', '--pair', 'ledger'])
    expect(exitCode).toBe(6)
    expect(stdout).toContain('nobody has looked at the hosts yet')
  })

  test('prints a table, JSON and YAML of the only pair, and exit code 0 when it is protected', async () => {
    await look()
    const table = await cli.run(['status'])
    expect(table).toMatchObject({ exitCode: 0, stderr: '' })
    expect(table.stdout).toMatch(/^State +Protected since/m)
    const json = await cli.run(['status', '-o', 'json'])
    expect(JSON.parse(json.stdout)).toMatchObject({
      pair: { slug: 'ledger' },
      verdict: { state: 'protected' },
    })
    expect((await cli.run(['status', '-o', 'yaml'])).stdout).toMatch(
      /^verdict:\n(?: {2}.*\n)*? {2}state: protected$/m,
    )
  })

  test('prints the seed’s three texts word for word, for each host by role or by name', async () => {
    const { hosts } = pair
    const primary = await store.hosts.find(hosts.primary)
    const standby = await store.hosts.find(hosts.standby)
    await look({ primaryServer: { senders: [{ state: 'streaming', clientAddress: standby?.address }] } })
    const seed = async (host: string) =>
      (await cli.run(['status', '--host', host, '--format', 'seed'])).stdout
    const asPrimary = [
      '  ========= Processed Params =========',
      '  Current Application Version: 4.10.7',
      '   Instance looks like Primary',
      `    DB replication configured with Standby set to:  ${standby?.address}/32`,
      '    DB replication currently streaming',
      '    WAL segments configured: 32',
      '    Vault sync not configured',
      '  =========  Script Done =========',
      '',
    ].join('\n')
    expect((await seed('primary')).replace(/Current \S+ Version/, 'Current Application Version')).toBe(
      asPrimary,
    )
    expect(await seed(primary?.name ?? '')).toBe(await seed('primary'))
    expect(await seed('standby')).toMatch(
      /^ {2}========= Processed Params =========\n {2}Current \S+ Version: 4\.10\.7\n {3}Instance looks like Standby\n {4}DB replication configured\n {4}DB last updated Wednesday .+\n {4}WAL segments in use: \d+\n {4}WAL segments configured: 32\n {4}rsync not configured\n {2}========= {2}Script Done =========\n$/,
    )
    await store.pairs.update(pair.id, { isPaired: false })
    expect(await seed('standby')).toBe(
      ' ========= Processed Params =========\n   Warm Standby not yet configured\n =========  Script Done =========\n',
    )
    await store.pairs.update(pair.id, { isPaired: true })
  })

  test('the seed’s text without a host, of a host that can’t be seen or isn’t there, is an error with its reason', async () => {
    expect(await cli.run(['status', '--format', 'seed'])).toMatchObject({ exitCode: 2, stdout: '' })
    expect(await cli.run(['status', '--host', 'elsewhere'])).toMatchObject({ exitCode: 2, stdout: '' })
    await look({ standbyMachine: { unseen: 'HOST_UNREACHABLE' } })
    const blind = await cli.run(['status', '--host', 'standby', '--format', 'seed'])
    expect(blind).toMatchObject({ exitCode: 1, stdout: '' })
    expect(blind.stderr).not.toBe('')
  })

  test('the seed’s text, which tells no age, is never made of an old look: exit code 6 and who looks no more', async () => {
    const seed = (...more: string[]) => cli.run(['status', '--format', 'seed', ...more])
    await look({}, 3 * 3600)
    for (const host of ['primary', 'standby']) {
      const old = await seed('--host', host)
      expect(old).toMatchObject({ exitCode: 6, stdout: '' })
      expect(old.stderr).toMatch(/Nobody has looked at the hosts for 3 h.*worker/)
    }
    // A wrong usage stays one.
    expect(await seed()).toMatchObject({ exitCode: 2 })
    expect(await seed('--host', 'elsewhere')).toMatchObject({ exitCode: 2 })
    await look()
    expect(await seed('--host', 'standby')).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('a registered host that no pair replicates prints the seed’s first text, whatever other pairs there are', async () => {
    const alone = await store.hosts.insert(newHost({ name: 'alone' }))
    const seed = (...more: string[]) => cli.run(['status', '--format', 'seed', ...more])
    const notConfigured = {
      exitCode: 4,
      stderr: '',
      stdout:
        ' ========= Processed Params =========\n   Warm Standby not yet configured\n =========  Script Done =========\n',
    }
    expect(await seed('--host', 'alone')).toEqual(notConfigured)
    expect(await seed('--host', alone.address)).toEqual(notConfigured)
    const other = await insertPair(store, { slug: 'other' })
    const unpaired = await store.hosts.find(other.hosts.standby)
    expect(await seed('--host', unpaired?.name ?? '')).toEqual(notConfigured)
    expect(await seed('--host', 'alone')).toEqual(notConfigured)
    expect(await seed('--host', 'standby')).toMatchObject({ exitCode: 2, stdout: '' })
    expect(await seed('--host', 'alone', '--pair', 'ledger')).toMatchObject({ exitCode: 2, stdout: '' })
    await store.pairs.remove(other.id)
    await store.hosts.remove(alone.id)
  })

  test('of a pair that isn’t there is an error, of several the list with the worst exit code', async () => {
    expect(await cli.run(['status', '--pair', 'nope'])).toMatchObject({ exitCode: 1, stdout: '' })
    const other = await insertPair(store, { slug: 'other' })
    await look()
    for (const args of [['status'], ['pairs']]) {
      const { exitCode, stdout } = await cli.run(args)
      expect(exitCode).toBe(6)
      expect(stdout).toMatch(/^other +Unknown/m)
      expect(stdout).toMatch(/^ledger +Protected/m)
    }
    await store.pairs.remove(other.id)
  })
})

describe('operations', () => {
  test('are listed, shown, and asked: what they don’t allow is refused with the reason', async () => {
    const operation = await store.operations.insert(
      newOperation(pair, {
        plan: planOf([plannedStep('copy', { title: 'Copy' })], { operationId: randomUUID() }),
        reason: 'a new standby',
      }),
    )
    await store.operations.append(operation.id, { type: 'operation.started', mode: 'run' })
    expect((await cli.run(['operations'])).stdout).toContain(operation.id)
    const shown = await cli.run(['operations', 'show', operation.id])
    expect(shown.stdout).toMatch(/^State +running$/m)
    expect(shown.stdout).toMatch(/^1\. +pending +Copy$/m)
    expect(await cli.run(['operations', 'resume', operation.id])).toMatchObject({ exitCode: 1 })
    expect(await cli.run(['operations', 'cancel', operation.id, '--detach'])).toMatchObject({ exitCode: 0 })
    const types = (await store.operations.events(operation.id)).map(({ event }) => event.type)
    expect(types).toContain('operation.cancel-requested')
  })

  test('are followed to their end as plain lines in a pipe, with the exit code of the end', async () => {
    const operation = await store.operations.current(pair.id)
    const id = operation?.id ?? ''
    const following = cli.run(['operations', 'follow', id])
    await store.operations.append(id, { type: 'step.started', stepId: 'copy', attempt: 1 })
    const error = { code: 'HOST_DISK_FULL', message: 'There is no room.', fix: 'Make room.' } as const
    await store.operations.append(id, { type: 'step.failed', stepId: 'copy', error })
    await store.operations.append(id, { type: 'operation.failed', error })
    const { exitCode, stdout, stderr } = await following
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/\[1\/1\] Copy\n/)
    expect(stdout).toMatch(/\[1\/1\] Copy: FAILED\. There is no room\./)
    expect(stderr).toContain(`understudy operations resume ${id}`)
    expect(await cli.run(['operations', 'close', id])).toMatchObject({ exitCode: 2 })
    expect(await cli.run(['operations', 'close', id, '--reason', 'leave it'])).toMatchObject({ exitCode: 0 })
  })
})

describe('users, hosts and the audit log', () => {
  test('a user is added with a password from standard input that is printed nowhere', async () => {
    const password = 'a long pass phrase'
    const made = await cli.run(
      ['user', 'add', 'ada@example.org', '--name', 'Ada', '--role', 'operator'],
      `${password}\n`,
    )
    expect(made).toMatchObject({ exitCode: 0, stderr: '' })
    expect(made.stdout).toMatch(/^Ada +ada@example\.org +operator/m)
    const again = await cli.run(['user', 'add', 'ada@example.org', '--name', 'Ada'], `${password}\n`)
    expect(again).toMatchObject({ exitCode: 1 })
    const audit = await cli.run(['audit'])
    expect(audit.stdout).toMatch(/user\.create +ada@example\.org +done/)
    expect([made, again, audit].map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(password)
  })

  test('a forgotten password is replaced on the machine, and the user’s sessions end', async () => {
    const password = 'another long pass phrase'
    const set = await cli.run(['user', 'set-password', 'Ada@example.org'], `${password}\n`)
    expect(set).toMatchObject({ exitCode: 0, stdout: '' })
    expect(set.stderr).toContain('Ada has another password and is signed out everywhere.')
    const rows = await query(test_.connectionString, 'select password from auth_account')
    const [{ password: kept } = { password: '' }] = rows as { password: string }[]
    expect(await passwords.verify(kept, password)).toBe(true)
    expect((await cli.run(['audit'])).stdout).toMatch(/user\.set-password +ada@example\.org +done/)
    const nobody = await cli.run(['user', 'set-password', 'eve@example.org'], `${password}\n`)
    expect(nobody).toMatchObject({ exitCode: 1 })
    expect(nobody.stderr).toContain('There is no user “eve@example.org”.')
  })

  test('a short password is a wrong usage, with the rule', async () => {
    const { exitCode, stderr } = await cli.run(['user', 'add', 'b@example.org', '--name', 'B'], 'short\n')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('12 characters')
  })

  test('a host is not removed without a yes, nor while a pair uses it', async () => {
    const spare = await store.hosts.insert(newHost({ name: 'spare' }))
    expect(await cli.run(['hosts', 'remove', 'spare'])).toMatchObject({ exitCode: 2 })
    expect(await cli.run(['hosts', 'remove', 'spare', '--yes'])).toMatchObject({ exitCode: 0 })
    expect(await store.hosts.find(spare.id)).toBeNull()
    const used = await store.hosts.find(pair.hosts.primary)
    expect(await cli.run(['hosts', 'remove', used?.name ?? '', '--yes'])).toMatchObject({ exitCode: 1 })
    expect(await cli.run(['hosts', 'test', 'nobody'])).toMatchObject({ exitCode: 1 })
  })

  test('a change of access needs something to change, a yes for another login, one way to sign in, and no argument is a secret', async () => {
    const host = await store.hosts.insert(newHost({ name: 'changing', address: '127.0.0.31', port: 1 }))
    const change = (args: readonly string[], input = '') =>
      cli.run(['hosts', 'change-access', 'changing', ...args], input)
    for (const args of [
      [],
      ['--user', 'ops'],
      ['--agent', '--password'],
      ['--password', '--passphrase'],
      ['--key', '-', '--passphrase'],
      ['--key', '/nowhere/key'],
      ['--password', 'on-the-command-line'],
      ['--address', 'db1.example.org', '--yes'],
    ])
      expect({ args, ...(await change(args, 'word\n')) }).toMatchObject({ args, exitCode: 2 })
    expect((await change(['--user', 'ops'])).stderr).toContain('there is no terminal to ask on')
    const refused = await change(['--password'], 'a-secret-word\n')
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toContain('changing (127.0.0.31)')
    const audit = await cli.run(['audit'])
    expect(audit.stdout).toMatch(/host\.change-access +changing +refused/)
    expect(refused.stderr + audit.stdout).not.toContain('a-secret-word')
    expect(await store.hosts.find(host.id)).toEqual(host)
    expect(await cli.run(['hosts', 'change-access', 'nobody', '--agent'])).toMatchObject({ exitCode: 1 })
    await store.hosts.remove(host.id)
  })

  test('a host name instead of an address is refused, and so are two ways to sign in', async () => {
    const named = await cli.run(['hosts', 'add', 'x', '--address', 'db1.example.org', '--agent'])
    expect(named.exitCode).toBe(2)
    expect(named.stderr).toContain('IP address')
    expect(
      await cli.run(['hosts', 'add', 'x', '--address', '10.0.0.9', '--agent', '--password']),
    ).toMatchObject({
      exitCode: 2,
    })
  })
})

test('drills are listed, set to begin by themselves and not any more; a schedule that can’t be is a wrong usage', async () => {
  expect((await cli.run(['drills'])).stdout).toContain('No drills begin by themselves.')
  const set = await cli.run(['drills', 'schedule', '0 3 * * 0', '--lag-seconds', '20'])
  expect(set).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('at 03:00, only on Sunday (UTC)'),
  })
  expect(JSON.parse((await cli.run(['drills', '-o', 'json'])).stdout)).toMatchObject({
    drills: [],
    schedule: { cron: '0 3 * * 0', options: { lagSeconds: 20, rateMegabytes: 100 } },
  })
  expect((await cli.run(['status'])).stdout).toMatch(/^Drill +none yet; next by itself /m)
  const wrong = await cli.run(['drills', 'schedule', 'now and then'])
  expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('five fields') })
  expect((await cli.run(['drills', 'unschedule'])).exitCode).toBe(0)
  expect((await cli.run(['drills'])).stdout).toContain('No drills begin by themselves.')
})

test('doctor says what is wrong with the dashboard and each host, and how to mend it', async () => {
  const { exitCode, stdout } = await cli.run(['doctor', '-o', 'json'])
  expect(exitCode).toBe(1)
  const checks: { id: string; outcome: string; fix: string }[] = JSON.parse(stdout)
  const outcomes = Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome]))
  expect(outcomes).toMatchObject({ node: 'pass', 'master-key': 'pass', store: 'pass', profiles: 'pass' })
  for (const { outcome, fix } of checks) if (outcome === 'fail') expect(fix).not.toBe('')
})
