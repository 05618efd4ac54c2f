import { expect, test } from 'vitest'
import { parseServerIdentity, serverIdentityQuestion } from '@/lib/facts/server-identity'

test('a running standby, a stopped copy and an empty place are told apart', () => {
  expect(parseServerIdentity('running=yes\nsignal=yes\nsystem=7412345678901234567\n')).toEqual({
    isRunning: true,
    hasSignal: true,
    systemIdentifier: '7412345678901234567',
  })
  expect(parseServerIdentity('running=no\nsignal=no\nsystem=7412345678901234567')).toMatchObject({
    isRunning: false,
    hasSignal: false,
  })
  expect(parseServerIdentity('running=no\nsignal=no\nsystem=').systemIdentifier).toBeNull()
})

test('an answer that is cut off is an error, never an empty place', () => {
  expect(() => parseServerIdentity('running=no\n')).toThrow(
    expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }),
  )
})

test('it is asked as the owner of the data, whatever its path', () => {
  const command = serverIdentityQuestion({
    dataDirectory: "/srv/it's",
    binDirectory: '/usr/lib/postgresql/15/bin',
  })
  expect(command.as).toBe('database-owner')
  expect(command.text).toContain(`d='/srv/it'\\''s'`)
})
