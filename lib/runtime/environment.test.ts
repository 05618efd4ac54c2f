import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import {
  connectionStringOf,
  parseEnvironment,
  toVariables,
  urlOf,
  variables,
} from '@/lib/runtime/environment'

const asUser = (given: Record<string, string> = {}) =>
  parseEnvironment({ HOME: '/home/ada', ...given }, { isRoot: false })

function refusal(given: Record<string, string>): AppError {
  try {
    asUser(given)
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('was not refused')
}

test('with nothing set it listens on loopback only and keeps its data where the user may write', () => {
  expect(asUser()).toMatchObject({
    host: '127.0.0.1',
    port: 8420,
    publicUrl: 'http://127.0.0.1:8420',
    dataDirectory: '/home/ada/.local/share/understudy',
    masterKeyFile: '/home/ada/.local/share/understudy/master.key',
    databaseUrl: null,
    agentSocket: null,
    logLevel: 'info',
  })
  expect(parseEnvironment({}, { isRoot: true }).dataDirectory).toBe('/var/lib/understudy')
  expect(asUser({ XDG_DATA_HOME: '/data' }).dataDirectory).toBe('/data/understudy')
})

test('an empty variable counts as absent', () => {
  expect(asUser({ UNDERSTUDY_PORT: '', DATABASE_URL: '', UNDERSTUDY_DATA_DIR: '' })).toEqual(asUser())
})

test.for([
  ['UNDERSTUDY_PORT', '0'],
  ['UNDERSTUDY_PORT', '65536'],
  ['UNDERSTUDY_PORT', '80a'],
  ['UNDERSTUDY_PORT', '-1'],
  ['UNDERSTUDY_LOG_LEVEL', 'loud'],
  ['UNDERSTUDY_PUBLIC_URL', 'dashboard.example.org'],
  ['UNDERSTUDY_PUBLIC_URL', 'ftp://example.org'],
  ['UNDERSTUDY_INSECURE_LISTEN', 'perhaps'],
  ['DATABASE_URL', 'mysql://localhost/x'],
])('%s=%s is refused in one sentence that names it', ([name, value]) => {
  const error = refusal({ [name ?? '']: value ?? '' })
  expect(error.code).toBe('INVALID_INPUT')
  expect(error.message).toMatch(new RegExp(`^${name} .*\\.$`))
  expect(error.message).not.toContain('\n')
})

test('a wrong DATABASE_URL is refused without being shown: it holds a password', () => {
  const error = refusal({ DATABASE_URL: 'mysql://u:HUSH@localhost/x' })
  expect(JSON.stringify([error.message, error.fix, error.detail, error.fields])).not.toContain('HUSH')
})

test.for(['0.0.0.0', '::', '192.0.2.1', 'example.org'])(
  'listening on %s, without TLS, has to be asked for twice',
  (host) => {
    expect(refusal({ UNDERSTUDY_HOST: host }).message).toContain('clear text')
    expect(asUser({ UNDERSTUDY_HOST: host, UNDERSTUDY_INSECURE_LISTEN: 'yes' }).host).toBe(host)
  },
)

test.for(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s is loopback', (host) => {
  expect(asUser({ UNDERSTUDY_HOST: host }).host).toBe(host)
})

test('an address for browsers has brackets around IPv6, and localhost for a wildcard', () => {
  expect(urlOf('::1', 80)).toBe('http://[::1]:80')
  expect(urlOf('0.0.0.0', 80)).toBe('http://localhost:80')
  expect(asUser({ UNDERSTUDY_PUBLIC_URL: 'https://dash.example.org/' }).publicUrl).toBe(
    'https://dash.example.org',
  )
})

test('a child process that is given the variables reads the same environment', () => {
  const environment = asUser({
    UNDERSTUDY_HOST: '0.0.0.0',
    UNDERSTUDY_INSECURE_LISTEN: 'yes',
    UNDERSTUDY_PORT: '9000',
    UNDERSTUDY_DATA_DIR: 'relative/data',
    UNDERSTUDY_PROFILES_DIR: '/etc/profiles',
    DATABASE_URL: 'postgresql://db/x',
    SSH_AUTH_SOCK: '/tmp/agent',
    UNDERSTUDY_LOG_LEVEL: 'debug',
  })
  expect(parseEnvironment(toVariables(environment), { isRoot: true })).toEqual(environment)
  expect(parseEnvironment(toVariables(asUser()), { isRoot: true })).toEqual(asUser())
})

test('the store is the operator’s database where one is given, else the embedded one’s socket', () => {
  expect(connectionStringOf(asUser({ DATABASE_URL: 'postgresql://db/x' }))).toBe('postgresql://db/x')
  expect(connectionStringOf(asUser({ UNDERSTUDY_DATA_DIR: '/d' }))).toContain('host=%2Fd%2Frun')
})

test('every variable that --help names is one that is read', () => {
  for (const name of Object.keys(variables)) expect(refusedOrChanged(name), name).toBe(true)
})

function refusedOrChanged(name: string): boolean {
  try {
    return JSON.stringify(asUser({ [name]: '/dev/x' })) !== JSON.stringify(asUser())
  } catch {
    return true
  }
}
