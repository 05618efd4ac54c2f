import { describe, expect, test } from 'vitest'
import { AppError, type ErrorCode } from '@/lib/errors'
import { hostKeyChanged, type Phase, toDoorError } from '@/lib/io/ssh/classify-failure'

const target = { name: 'db1', address: '192.0.2.1', port: 2222, user: 'ops', authKind: 'key' } as const
/** As Node and ssh2 make them; the text is a decoy that no rule may look at. */
const error = (attached: { level?: string; code?: string | number }) =>
  Object.assign(
    new Error(
      'Host key verification failed: connect ECONNREFUSED, All configured authentication methods failed',
    ),
    attached,
  )

const cases: readonly (readonly [Phase, Parameters<typeof error>[0], ErrorCode])[] = [
  ['resolving', { level: 'client-socket', code: 'ENOTFOUND' }, 'HOST_NAME_UNRESOLVED'],
  ['resolving', { level: 'client-socket', code: 'EAI_AGAIN' }, 'HOST_NAME_UNRESOLVED'],
  ['resolving', { level: 'client-socket', code: 'ECONNREFUSED' }, 'HOST_PORT_REFUSED'],
  ['resolving', { level: 'client-socket', code: 'EHOSTUNREACH' }, 'HOST_UNREACHABLE'],
  ['resolving', { level: 'client-socket', code: 'ENETUNREACH' }, 'HOST_UNREACHABLE'],
  ['resolving', { level: 'client-socket', code: 'ETIMEDOUT' }, 'HOST_TIMED_OUT'],
  ['resolving', { level: 'client-timeout' }, 'HOST_TIMED_OUT'],
  ['handshake', { level: 'client-timeout' }, 'HOST_TIMED_OUT'],
  ['handshake', { level: 'handshake' }, 'HOST_UNREACHABLE'],
  ['handshake', { level: 'protocol' }, 'HOST_UNREACHABLE'],
  ['handshake', { level: 'client-socket', code: 'ECONNRESET' }, 'HOST_CONNECTION_LOST'],
  ['authentication', { level: 'client-authentication' }, 'HOST_AUTH_FAILED'],
  ['authentication', { level: 'agent' }, 'HOST_AUTH_FAILED'],
  ['authentication', { code: 2 }, 'HOST_AUTH_FAILED'],
  ['authentication', {}, 'HOST_CONNECTION_LOST'],
  ['ready', { level: 'client-timeout' }, 'HOST_CONNECTION_LOST'],
  ['ready', { level: 'client-socket', code: 'ECONNRESET' }, 'HOST_CONNECTION_LOST'],
  ['ready', { code: 11 }, 'HOST_CONNECTION_LOST'],
]

describe('a failure is told by where and how it happened, never by its words', () => {
  test.each(cases)('%s %o is %s', (phase, attached, code) => {
    expect(toDoorError(target, phase, error(attached)).code).toBe(code)
  })
})

test('every sentence names the host, says what to do, and keeps the library’s words apart', () => {
  for (const [phase, attached] of cases) {
    const told = toDoorError(target, phase, error(attached))
    expect(told.message).toContain('192.0.2.1')
    expect(told.fix).not.toBe('')
    expect(`${told.message}${told.fix}`).not.toContain('All configured')
    expect(told.detail).toContain('All configured')
  }
})

test('each way of signing in has its own sentence', () => {
  const told = (authKind: 'key' | 'password' | 'agent') =>
    toDoorError({ ...target, authKind }, 'authentication', error({ level: 'client-authentication' })).message
  expect(told('key')).toBe('db1 (192.0.2.1) does not accept this key for the user ops.')
  expect(told('password')).toBe('db1 (192.0.2.1) does not accept this password for the user ops.')
  expect(told('agent')).toBe('db1 (192.0.2.1) does not accept any key of the SSH agent for the user ops.')
})

test('what is ours already stays as it is', () => {
  const ours = new AppError('WRONG_HOST', 'Another machine.')
  expect(toDoorError(target, 'resolving', ours)).toBe(ours)
})

test('a changed key is said with both fingerprints, and a host without a name by its address alone', () => {
  const told = hostKeyChanged({ ...target, name: target.address }, 'SHA256:old', 'SHA256:new')
  expect(told.message).toBe(
    '192.0.2.1 shows the host key SHA256:new, but SHA256:old was confirmed. Nothing was sent to it.',
  )
})
