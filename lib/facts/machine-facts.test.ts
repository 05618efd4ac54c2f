import { expect, test } from 'vitest'
import { parseHostClock } from '@/lib/facts/host-clock'
import { machineInventory, parseMachineInventory } from '@/lib/facts/machine-inventory'
import { machinePulse, type PulseTarget, parseMachinePulse } from '@/lib/facts/machine-pulse'
import {
  askPeerPostgres,
  askPeerSsh,
  parsePeerPostgres,
  parsePeerSsh,
  parsePostmasterDirectory,
  postmasterProgram,
} from '@/lib/facts/peer-postgres'
import { phantomPlaces, rootPlaces } from '@/test/harness/places'

const good =
  '{"start":"2026-11-23T02:41:01Z","end":"2026-11-23T02:41:02Z","exit":0,"result":"ok","files":12,"bytes":4096,"deletions":0,"failures":0,"reason":""}'
const failed =
  '{"start":"2026-11-23T02:42:01Z","end":"2026-11-23T02:42:02Z","exit":23,"result":"failed","files":0,"bytes":0,"deletions":0,"failures":1,"reason":"rsync could not read a file"}'
const pulse = `hostname soar-b
machine-id 3d1219c7c4c5404aaa1f6d2a48adfda4
boot-id b0a08deb-cacf-4cb0-924d-ecbfa4374be4
uptime 2547.57
postgres running
cron running
sync scheduled
directories:
vault
idle
${failed}
${good}

etc
running



`

test('a whole pulse is read, directories in the order of the pair', () => {
  const facts = parseMachinePulse(pulse)
  expect(facts).toMatchObject({
    hostname: 'soar-b',
    machineId: '3d1219c7c4c5404aaa1f6d2a48adfda4',
    uptimeSeconds: 2547.57,
    postgresProcess: 'running',
    cronRunning: true,
    syncScheduled: true,
  })
  expect(facts.directories).toEqual([
    {
      id: 'vault',
      lastRun: {
        startedAt: '2026-11-23T02:42:01Z',
        endedAt: '2026-11-23T02:42:02Z',
        exitCode: 23,
        result: 'failed',
        files: 0,
        bytes: 0,
        deletions: 0,
        reason: 'rsync could not read a file',
      },
      lastGoodRun: expect.objectContaining({ result: 'ok', files: 12 }),
      failuresSinceGood: 1,
      isRunning: false,
      verification: null,
    },
    {
      id: 'etc',
      lastRun: null,
      lastGoodRun: null,
      failuresSinceGood: 0,
      isRunning: true,
      verification: null,
    },
  ])
})

test('what is not there is said as not there', () => {
  const facts = parseMachinePulse(
    'hostname a\nmachine-id m\nboot-id b\nuptime 1.00\npostgres hidden\ndirectories:\n',
  )
  expect(facts).toMatchObject({ postgresProcess: null, cronRunning: false, syncScheduled: false })
})

test.each(['stopped', 'absent', 'running'])('a postmaster that is %s is told as such', (state) => {
  expect(parseMachinePulse(pulse.replace('postgres running', `postgres ${state}`)).postgresProcess).toBe(
    state,
  )
})

test('a record that can’t be read is an error, never a success', () => {
  expect(() => parseMachinePulse(pulse.replace(failed, '{half a line'))).toThrowError(
    expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
  )
})

test.each(['hostname', 'machine-id', 'boot-id', 'uptime', 'postgres', 'directories'])(
  'an answer without %s is an error',
  (key) => {
    const without = pulse.replace(new RegExp(`^${key}[: ].*\n`, 'm'), '')
    expect(() => parseMachinePulse(without)).toThrowError(
      expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
    )
  },
)

test('hostile names stay data in the questions', () => {
  const { text } = machinePulse({
    places: rootPlaces('ledger'),
    directoryIds: [],
    port: 5432,
    socketDirectory: '/tmp/a b',
  })
  expect(text).toContain(`lock='/tmp/a b/.s.PGSQL.5432.lock'`)
  const peer = { address: '10.0.0.1', port: 5433 }
  expect(askPeerPostgres(peer, null).text).toContain('-h 10.0.0.1 -p 5433\n')
  expect(askPeerPostgres(peer, null).text).toMatch(/^for tool in \/usr\/lib\//)
  expect(askPeerPostgres(peer, '/opt/app/bin').text).toMatch(/^for tool in \/opt\/app\/bin\/pg_isready /)
})

const application = { unit: 'ledger.service', versionFile: '/srv/ledger/VERSION', versionCommand: null }

test('the inventory asks only for what the profile names', () => {
  const nothing = machineInventory({
    places: rootPlaces('ledger'),
    dataDirectory: null,
    application: { unit: null, versionFile: null, versionCommand: null },
  }).text
  expect(nothing).not.toMatch(/systemctl|stat|version/)
  const all = machineInventory({
    places: rootPlaces('ledger'),
    dataDirectory: '/var/lib/postgresql/15/main',
    application,
  }).text
  expect(all).toContain('systemctl show --value -p ActiveState ledger.service')
  expect(all).toContain('timeout 1 head -n 1 /srv/ledger/VERSION')
  const command = machineInventory({
    places: rootPlaces('ledger'),
    dataDirectory: null,
    application: { unit: null, versionFile: null, versionCommand: 'app --version' },
  }).text
  expect(command).toContain("sh -c 'app --version'")
})

test('an inventory is read, sizes in bytes', () => {
  expect(
    parseMachineInventory(
      'time-zone Europe/Berlin\ndisk 19896928 66053021 4096\napplication active\nversion 4.10.7\n',
    ),
  ).toEqual({
    timeZone: 'Europe/Berlin',
    dataDiskFreeBytes: 81_497_817_088,
    dataDiskTotalBytes: 270_553_174_016,
    applicationVersion: '4.10.7',
    applicationActive: true,
    syncScheduled: false,
  })
})

test('an inventory with nothing in it is nothing known, and a zone nobody knows is UTC', () => {
  expect(parseMachineInventory('time-zone Middle/Earth\napplication inactive\n')).toEqual({
    timeZone: 'UTC',
    dataDiskFreeBytes: null,
    dataDiskTotalBytes: null,
    applicationVersion: null,
    applicationActive: false,
    syncScheduled: false,
  })
  expect(parseMachineInventory('application \n').applicationActive).toBeNull()
})

test('a clock is compared with the middle of the round trip', () => {
  const atMs = Date.parse('2026-11-23T02:00:00.000Z')
  const host = `${BigInt(atMs + 3_600_010) * 1_000_000n}\n`
  expect(parseHostClock(host, { atMs, tookMs: 20 })).toEqual({ clockOffsetMs: 3_600_000, clockErrorMs: 10 })
  expect(() => parseHostClock('1763863200%N', { atMs, tookMs: 1 })).toThrowError(
    expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
  )
})

test.each([
  [0, 'accepting'],
  [1, 'rejecting'],
  [2, 'no-response'],
  [124, 'no-response'],
  [3, null],
  [127, null],
])('pg_isready’s exit code %d is %s', (code, state) => {
  expect(parsePeerPostgres(code)).toBe(state)
})

test.each([
  ['/opt/app/usr/postgresql/bin/postgres\n', '/opt/app/usr/postgresql/bin'],
  ['/usr/lib/postgresql/15/bin/postgres (deleted)\n', '/usr/lib/postgresql/15/bin'],
  ['', null],
  ['postgres\n', null],
])('the programs of a postmaster that is %j lie in %s', (text, directory) => {
  expect(parsePostmasterDirectory(text)).toBe(directory)
  expect(postmasterProgram({ socketDirectory: '/tmp', port: 5433 }).text).toContain('/tmp/.s.PGSQL.5433.lock')
})

test.each([
  [0, 'accepting'],
  [1, 'no-response'],
  [124, 'no-response'],
  [127, null],
])('an attempt at the other’s sshd that ends with %d is %s', (code, state) => {
  expect(parsePeerSsh(code)).toBe(state)
  expect(askPeerSsh({ address: 'fd00::1', port: 2222 }).text).toContain("' fd00::1 2222")
})

test.each([
  ['file-role standby\n', 'standby'],
  ['file-role former\n', 'former'],
  ['file-role standby too\n', null],
  ['', null],
])('of “%s” a host’s role for the files is %s', (line, role) => {
  expect(parseMachinePulse(pulse.replace('directories:', `${line}directories:`)).fileRole).toBe(role)
})

test('what a promotion by the break-glass kit left is told; half a record is none', () => {
  const lines = [
    'at=2026-11-30T03:04:05Z',
    'by=root',
    'reason=rack 4 = dark',
    'promoted=timeline 2, 0/3000060',
  ]
  const withRecord = (record: readonly string[]) =>
    parseMachinePulse(
      pulse.replace('directories:', `${record.map((line) => `by-hand ${line}\n`).join('')}directories:`),
    ).promotedByHand
  expect(withRecord(lines)).toEqual({
    at: '2026-11-30T03:04:05.000Z',
    by: 'root',
    reason: 'rack 4 = dark',
    promoted: 'timeline 2, 0/3000060',
  })
  for (const part of [[], lines.slice(0, 1), lines.slice(1)]) expect(withRecord(part)).toBeNull()
})

test('what a user’s crontab has is asked of it; root’s schedule is a file that the pulse looks for', () => {
  const nothing = {
    dataDirectory: null,
    application: { unit: null, versionFile: null, versionCommand: null },
  }
  const inventory = machineInventory({ ...nothing, places: phantomPlaces('soar') }).text
  expect(inventory).toMatch(/crontab -l .*BEGIN understudy soar .* && echo 'sync scheduled'/)
  expect(machineInventory({ ...nothing, places: rootPlaces('soar') }).text).not.toContain('crontab')
  expect(parseMachineInventory('time-zone UTC\nsync scheduled\n').syncScheduled).toBe(true)
  const pulseOf = (places: PulseTarget['places']) =>
    machinePulse({ places, directoryIds: [], port: 5432, socketDirectory: '/tmp' }).text
  expect(pulseOf(rootPlaces('soar'))).toContain('[ -e /etc/cron.d/understudy-soar ]')
  expect(pulseOf(phantomPlaces('soar'))).not.toContain('cron.d')
})
