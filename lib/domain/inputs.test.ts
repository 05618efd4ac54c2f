import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createInput, hostAddress, newPassword, registerHostInput, startPairInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'

const directory = {
  id: 'vault',
  title: 'Vault',
  path: '/srv/vault',
  log: 'rsync_vault.log',
  schedule: '*/5 * * * *',
}
const create = {
  slug: 'ledger',
  profileId: 'generic-debian',
  hosts: { primary: 'a', standby: 'b' },
  scope: { database: true, files: true },
  settings: { walKeepSegments: '32', directories: [directory] },
}
const access = {
  address: '10.0.0.1',
  port: '22',
  fingerprint: `SHA256:${'a'.repeat(43)}`,
  user: 'root',
  name: 'host-a',
  auth: { kind: 'agent' },
}

/** Paths of the fields that were refused. */
function refusedOf(schema: Parameters<typeof parseInput>[0], input: unknown): readonly string[] {
  try {
    parseInput(schema, input)
    return []
  } catch (error) {
    const fields = error instanceof Error && 'fields' in error ? error.fields : null
    return Object.keys(fields ?? {}).sort()
  }
}

test('numbers may come as text, as forms and queries send them', () => {
  expect(parseInput(createInput, create).settings.walKeepSegments).toBe(32)
  expect(parseInput(registerHostInput, access).port).toBe(22)
})

test.each(['10.0.0.1', '::1', 'fd00::12', ' 192.0.2.7 '])('%s is an address', (address) => {
  expect(hostAddress.parse(address)).toBe(address.trim())
})

test.each(['example.org', '10.0.0', '10.0.0.1/32', '10.0.0.1:22', '010.0.0.1', '[::1]', 'fe80::1%eth0'])(
  '%s is no address',
  (address) => {
    expect(hostAddress.safeParse(address).success).toBe(false)
  },
)

test('a whole form without anything is refused at each of its fields', () => {
  expect(refusedOf(registerHostInput, {})).toEqual(['address', 'auth', 'fingerprint', 'name', 'port', 'user'])
  expect(refusedOf(createInput, {})).toEqual(['hosts', 'profileId', 'scope', 'settings', 'slug'])
  expect(refusedOf(startPairInput, {})).toEqual(['idempotencyKey', 'operation', 'reason', 'slug'])
})

test('without its database a pair fences no former primary by itself', () => {
  const settings = { ...create.settings, fenceReturned: 'automatic' }
  const refused = (scope: object) => refusedOf(createInput, { ...create, scope, settings })
  expect(refused({ database: false, files: true })).toEqual(['settings.fenceReturned'])
  expect(refused({ database: true, files: true })).toEqual([])
})

test('without its database a pair keeps at least one directory', () => {
  const without = (scope: object) =>
    refusedOf(createInput, { ...create, scope, settings: { ...create.settings, directories: [] } })
  expect(without({ database: false, files: true })).toEqual(['settings.directories'])
  expect(without({ database: true, files: true })).toEqual([])
})

test.each([
  ['a path that is not absolute', { path: 'srv' }, 'path'],
  ['a log that is a path', { log: '../x' }, 'log'],
  ['a log that is the transcript of all operations', { log: 'warm_standby.log' }, 'log'],
  ['a log that is the list of packages', { log: 'deb_packages_primary.txt' }, 'log'],
  ['an id by which the transcript is asked for', { id: 'warm-standby' }, 'id'],
  ['an id that could be an option', { id: '-rf' }, 'id'],
  ['an id with a space', { id: 'a b' }, 'id'],
  ['a schedule of another kind', { schedule: '@daily' }, 'schedule'],
  ['a path of two lines', { path: '/a\n/b' }, 'path'],
])('a directory with %s is refused', (_name, change, field) => {
  const settings = { walKeepSegments: 1, directories: [{ ...directory, ...change }] }
  expect(refusedOf(createInput, { ...create, settings })).toEqual([`settings.directories.0.${field}`])
})

test('no refusal repeats what was given: it may be a secret', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6 }), (secret) => {
      const auth = { kind: 'password', password: { secret } }
      try {
        parseInput(registerHostInput, { ...access, auth, user: `${secret} \n` })
      } catch (error) {
        const { message = '', fix = '', fields = {} } = Object(error)
        const told = [message, fix, ...Object.values(fields)].join('\n')
        const sentences = told.replaceAll('Mend the fields that are marked and send it again.', '')
        if (/^[\x21-\x7e]{12,}$/.test(secret)) expect(sentences).not.toContain(secret)
      }
    }),
  )
})

test('any line of text that passes as a name or a reason is one line', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', 'é', '\n', '\r', '\0', '\u2028', '\u0085') }),
      (text) => {
        const parsed = startPairInput.safeParse({
          slug: 'a',
          operation: 'fence',
          reason: text,
          idempotencyKey: '12345678',
        })
        if (parsed.success) expect(parsed.data.reason).not.toMatch(/[\n\r\0\u2028\u0085]/)
      },
    ),
  )
})

test('a password needs length alone', () => {
  expect(newPassword.safeParse('all lower case words').success).toBe(true)
  expect(newPassword.safeParse('Sh0rt!Pass1').success).toBe(false)
})
