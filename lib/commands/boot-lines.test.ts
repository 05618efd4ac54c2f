import { expect, test } from 'vitest'
import { bootLineOf, startsApplication, startsPostgres } from '@/lib/commands/boot-lines'

const place = { dataDirectory: '/opt/phantom/data/db', binDirectory: '/opt/phantom/usr/pgsql/bin' }

test('a line starts the application when it names the program of the start command', () => {
  const start = '/opt/phantom/bin/start_phantom.sh --quiet'
  expect(startsApplication('@reboot sleep 5; /opt/phantom/bin/start_phantom.sh >/dev/null', start)).toBe(true)
  expect(startsApplication('@reboot /opt/phantom/bin/phsvc start postgresql', start)).toBe(false)
  expect(startsApplication('@reboot anything', null)).toBe(false)
  expect(startsApplication('@reboot anything', ' ')).toBe(false)
})

test.each([
  ['@reboot pg_ctl start', true],
  ['@reboot /opt/phantom/bin/phsvc start postgresql', true],
  ['@reboot /opt/phantom/usr/pgsql/bin/starter', true],
  ['@reboot /usr/bin/run -D /opt/phantom/data/db', true],
  ['@reboot /opt/phantom/bin/start_phantom.sh', false],
  ['@reboot /usr/local/bin/my_postgres_report', false],
])('%s starts PostgreSQL: %s', (line, expected) => {
  expect(startsPostgres(line, place)).toBe(expected)
})

test('without a known place PostgreSQL is told by its programs alone', () => {
  expect(startsPostgres('@reboot pg_ctl -D /x start', null)).toBe(true)
  expect(startsPostgres('@reboot /opt/phantom/data/db/run', null)).toBe(false)
})

test('a command becomes one line that cron does not cut', () => {
  expect(bootLineOf('cd /opt\n  date +%s\n')).toBe('@reboot cd /opt; date +\\%s')
})
