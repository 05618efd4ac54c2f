import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Plan } from '@/lib/domain/operation'
import { isBlocking } from '@/lib/domain/preflight'
import { planCreate } from '@/lib/operations/create/plan-create'
import { planDrill } from '@/lib/operations/drill/plan-drill'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { promotePreflight } from '@/lib/operations/preflight/promote-preflight'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { drillFactsOf } from '@/test/harness/drill-facts'
import { createFactsOf, createInputOf, hostFactsOf, linkFactsOf } from '@/test/harness/operation-facts'
import { planText } from '@/test/harness/plan-text'
import { soarProfile as profile, soarFactsOf, soarHost, soarParity } from '@/test/harness/soar-facts'

const operationId = '0a1b2c3d-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
const hosts = { primary: soarHost('alpha', '10.7.0.11'), standby: soarHost('beta', '10.7.0.12') }
const settings = { walKeepSegments: 32, directories: profile.directories.slice(0, 2) }
const scope = { database: true, files: true }
const pair = {
  id: 'pair-1',
  slug: 'soar',
  profileId: profile.id,
  scope,
  settings,
  hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
  isPaired: false,
  formerPrimary: 'none' as const,
}
const seen = <T>(value: T) => ({ seen: true as const, value })
const recorded = (name: string) =>
  fileURLToPath(new URL(`../../test/recorded/plans/${name}`, import.meta.url))

function create(standby = soarFactsOf('beta'), primary = soarFactsOf('alpha')) {
  const input = createInputOf({ slug: 'soar', scope, settings })
  const facts = createFactsOf({ primary, standby, parity: soarParity })
  return planCreate({ operationId, pair, profile, hosts, input, facts }, now)
}

/** The same where the pair leaves its database out. */
function createOfFiles() {
  const input = createInputOf({ slug: 'soar', scope: { database: false, files: true }, settings })
  const link = linkFactsOf({ postgres: 'not-asked' })
  const why = { code: 'NOT_FOUND', message: 'The database is left out.', fix: '' }
  const unasked = { seen: false as const, why }
  const over = { asDatabaseOwner: unasked, server: unasked, data: unasked, uid: 1000 }
  const [primary, standby] = [soarFactsOf('alpha', over), soarFactsOf('beta', over)]
  const facts = createFactsOf({ primary, standby, link, parity: soarParity })
  const files = { ...pair, scope: input.scope }
  return planCreate({ operationId, pair: files, profile, hosts, input, facts }, now)
}

/** What a promotion rests on where the primary answers. */
function promoteFactsOf(standby: HostFacts) {
  const primary = soarFactsOf('alpha')
  return {
    standby,
    primary,
    primaryAtRest: null,
    primaryFromStandby: 'accepting' as const,
    pinnedIdentifier: answerOf(primary.server)?.systemIdentifier ?? '',
    lossSentence: 'A promotion now would lose nothing of the database.',
  }
}

function promote() {
  const server = answerOf(soarFactsOf('beta').server)
  const identifier = answerOf(soarFactsOf('alpha').server)?.systemIdentifier ?? ''
  if (!server) throw new Error('no server')
  const standby = soarFactsOf('beta', {
    server: seen({ ...server, inRecovery: true, systemIdentifier: identifier, receiverStatus: 'streaming' }),
    applicationHealthy: false,
    bootLines: [],
  })
  const facts = promoteFactsOf(standby)
  return planPromote({ operationId, pair: { ...pair, isPaired: true }, profile, hosts, facts }, now)
}

function drill() {
  const [server, data] = [answerOf(soarFactsOf('beta').server), answerOf(soarFactsOf('beta').data)]
  if (!server || !data) throw new Error('no server')
  const standby = soarFactsOf('beta', {
    server: seen({ ...server, inRecovery: true }),
    data: seen({ ...data, realDirectory: server.dataDirectory }),
  })
  const facts = drillFactsOf({ standby, primary: soarFactsOf('alpha') })
  return planDrill({ operationId, pair: { ...pair, isPaired: true }, profile, hosts, facts }, now)
}

const commandsOf = ({ steps }: Plan) =>
  steps.flatMap(({ preview }) => preview.flatMap((line) => (line.kind === 'command' ? [line.text] : [])))

test('a pair of files alone needs neither root nor the owner of PostgreSQL, only who owns every directory', () => {
  const plan = createOfFiles()
  const rights = plan.preflight.filter(({ id }) => id.endsWith('-sudo'))
  expect(rights.map(({ evidence }) => evidence)).toEqual(
    Array(2).fill('phantom owns every directory: root is not needed.'),
  )
  for (const text of commandsOf(plan)) expect(text).not.toMatch(/^(# |postgres\$ )|[ =](\/etc|\/var\/lib)\//)
  expect(commandsOf(plan).join('\n')).toContain('/home/phantom/.understudy/state/soar/file-role')
})

describe('the plan', () => {
  test('of a create names no command of root and no place of the system', async () => {
    const plan = create()
    expect(isBlocking(plan.preflight)).toBe(false)
    for (const text of commandsOf(plan))
      expect(text).not.toMatch(
        /^(# |postgres\$)|systemctl|\/etc\/(cron|understudy|logrotate)|\/var\/lib\/understudy/,
      )
    const text = planText(plan)
    await expect(text).toMatchFileSnapshot(recorded('create-unprivileged.txt'))
  })

  test('of a promotion fences by the crontab and pg_ctl', async () => {
    const plan = promote()
    expect(isBlocking(plan.preflight)).toBe(false)
    for (const text of commandsOf(plan)) expect(text).not.toMatch(/^(# |postgres\$)|systemctl/)
    await expect(planText(plan)).toMatchFileSnapshot(recorded('promote-unprivileged.txt'))
  })

  test('of a drill acts as the owner alone, beside its own data directory', () => {
    const plan = drill()
    expect(isBlocking(plan.preflight)).toBe(false)
    const { dataDirectory } = answerOf(soarFactsOf('beta').server) ?? { dataDirectory: '' }
    expect(commandsOf(plan).length).toBeGreaterThan(5)
    for (const text of commandsOf(plan)) {
      expect(text).toMatch(/^phantom\$ /)
      expect(text).not.toMatch(/systemctl|\/etc\/|\/var\/lib\//)
      expect(text).toContain(`${dataDirectory}.understudy-0a1b2c3d-drill`)
    }
  })

  test('has a line that starts the standby’s PostgreSQL at boot only where none would', () => {
    const stepsWith = (bootLines: readonly string[]) =>
      create(soarFactsOf('beta', { bootLines: [...bootLines] })).steps.map(({ id }) => id)
    expect(stepsWith(['@reboot /opt/phantom/bin/start_phantom.sh'])).toContain('start-at-boot')
    expect(stepsWith([])).toContain('start-at-boot')
    expect(stepsWith(['@reboot pg_ctl start'])).not.toContain('start-at-boot')
  })
})

describe('the preflight', () => {
  const rightsOf = (standby: HostFacts) => create(standby).preflight.find(({ id }) => id === 'standby-sudo')
  const paths = answerOf(soarFactsOf('beta').paths) ?? []
  const data = answerOf(soarFactsOf('beta').data)

  test('needs no root where the login user owns everything', () => {
    expect(rightsOf(soarFactsOf('beta'))).toMatchObject({
      outcome: 'pass',
      evidence: 'phantom owns PostgreSQL’s data and every directory: root is not needed.',
    })
  })

  test('refuses a login user who owns neither the data nor a way to root', () => {
    if (!data) throw new Error('no data')
    expect(rightsOf(soarFactsOf('beta', { data: seen({ ...data, owner: 'postgres' }) }))).toMatchObject({
      outcome: 'fail',
      evidence: 'phantom may not become root, and PostgreSQL’s data belongs to postgres.',
    })
  })

  describe('refuses what only root could stop or start, which would fail after the whole base backup', () => {
    const facts = (unit: string | null) => {
      if (!data) throw new Error('no data')
      return soarFactsOf('beta', { data: seen({ ...data, unit }) })
    }
    const rightsWith = (standby: HostFacts, unit: string | null) =>
      createPreflight({
        facts: createFactsOf({ primary: soarFactsOf('alpha'), standby, parity: soarParity }),
        input: createInputOf({ slug: 'soar', scope, settings }),
        profile: { ...profile, application: { ...profile.application, unit } },
      }).find(({ id }) => id === 'standby-sudo')

    test.each([
      [
        'a unit that runs PostgreSQL',
        facts('phantom-db.service'),
        null,
        'PostgreSQL is run by phantom-db.service: only root could stop or start it',
      ],
      [
        'a unit that the profile names',
        facts(null),
        'soar.service',
        'the profile names soar.service: only root could stop or start it',
      ],
      [
        'both',
        facts('db.service'),
        'soar.service',
        'PostgreSQL is run by db.service, and the profile names soar.service: only root could stop or start them',
      ],
    ])('%s', (_, standby, unit, says) => {
      expect(rightsWith(standby, unit)).toMatchObject({
        outcome: 'fail',
        evidence: `phantom may not become root, and ${says}.`,
        canOverride: false,
      })
    })

    test('but a promotion may go on by an operator’s word: PostgreSQL itself is promoted by its owner', () => {
      const standby = facts('db.service')
      const preflight = promotePreflight(promoteFactsOf(standby), profile)
      expect(preflight.find(({ id }) => id === 'standby-sudo')).toMatchObject({
        outcome: 'fail',
        canOverride: true,
      })
      if (!data) throw new Error('no data')
      const foreign = soarFactsOf('beta', { data: seen({ ...data, owner: 'postgres' }) })
      expect(
        promotePreflight(promoteFactsOf(foreign), profile).find(({ id }) => id === 'standby-sudo'),
      ).toMatchObject({
        outcome: 'fail',
        canOverride: false,
      })
    })
  })

  test('names the directory of somebody else; one that is not there yet is nobody’s', () => {
    const change = (over: object) =>
      soarFactsOf('beta', {
        paths: seen(
          paths.map((entry) => (entry.path === '/opt/phantom/vault' ? { ...entry, ...over } : entry)),
        ),
      })
    expect(rightsOf(change({ uid: 0 }))).toMatchObject({
      outcome: 'fail',
      evidence: 'phantom may not become root, and does not own /opt/phantom/vault.',
    })
    expect(rightsOf(change({ exists: false, uid: null }))).toMatchObject({ outcome: 'pass' })
  })

  test('tells how the application is started and stopped, and whether it runs', () => {
    const checkOf = (applicationHealthy: boolean) =>
      create(soarFactsOf('beta', { applicationHealthy })).preflight.find(
        ({ id }) => id === 'standby-application',
      )
    expect(checkOf(true)?.evidence).toMatch(/^Stopped by .*stop_phantom\.sh, started by .*; it is healthy\.$/)
    expect(checkOf(false)?.evidence).toContain('its check does not pass: it is stopped, or not healthy')
  })

  test('misses the crontab where the schedule would stand in it', () => {
    const machine = answerOf(soarFactsOf('beta').machine)
    if (!machine) throw new Error('no machine')
    const lacking = { ...machine, hasCrontab: false }
    const check = (facts: HostFacts) => create(facts).preflight.find(({ id }) => id === 'standby-file-tools')
    expect(check(soarFactsOf('beta', { machine: seen(lacking) }))).toMatchObject({
      outcome: 'fail',
      evidence: 'cron is missing on beta.',
    })
  })
})

describe('where PostgreSQL lies', () => {
  test('is what the server and its process said', () => {
    expect(postgresLayoutOf(soarFactsOf('alpha'), hosts.primary)).toMatchObject({
      unit: null,
      startConf: null,
      osUser: 'phantom',
      socketDirectory: '/tmp',
      serverLog: '/home/phantom/.understudy/state/postgresql.log',
      configFile: '/opt/phantom/data/db/postgresql.conf',
    })
    const root = { privilege: 'root', user: 'root', home: '/root' } as const
    expect(postgresLayoutOf(hostFactsOf('alpha'), root)).toMatchObject({
      unit: 'postgresql@15-main.service',
      osUser: 'postgres',
      serverLog: '/var/lib/postgresql/15/main/server.log',
    })
  })

  test('the running server’s own log is used where it has a file', () => {
    const data = answerOf(soarFactsOf('alpha').data)
    if (!data) throw new Error('no data')
    const facts = soarFactsOf('alpha', { data: seen({ ...data, serverLog: '/opt/phantom/var/log/pg.log' }) })
    expect(postgresLayoutOf(facts, hosts.primary)?.serverLog).toBe('/opt/phantom/var/log/pg.log')
  })

  test('is not known where the server did not answer', () => {
    const why = { code: 'POSTGRES_DOWN', message: 'x', fix: 'x' }
    const facts = soarFactsOf('alpha', { server: { seen: false, why } })
    expect(postgresLayoutOf(facts, hosts.primary)).toBeNull()
  })
})
