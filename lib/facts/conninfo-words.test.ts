import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildConninfo } from '@/lib/commands/conninfo'
import { parseConninfo } from '@/lib/facts/conninfo-words'

const read = (text: string) => Object.fromEntries(parseConninfo(text))

test.each([
  ['host=10.0.0.1 port=5432 user=repl', { host: '10.0.0.1', port: '5432', user: 'repl' }],
  ["user = 'a b' passfile='/x/it\\'s'", { user: 'a b', passfile: "/x/it's" }],
  ['HOST=a host=b', { host: 'b' }],
  ['user=re\\ pl host=a', { user: 're pl', host: 'a' }],
  [
    'postgresql://repl@10.0.0.1:5433/x?application_name=b%20c',
    { user: 'repl', host: '10.0.0.1', port: '5433', dbname: 'x', application_name: 'b c' },
  ],
  [
    'postgres://u:********@[fd00::1]/?sslmode=require',
    { user: 'u', password: '********', host: 'fd00::1', sslmode: 'require' },
  ],
  ['', {}],
])('%j', (text, expected) => {
  expect(read(text)).toEqual(expected)
})

test('what we write ourselves is read back, whatever characters are in it', () => {
  const value = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(value, value, (user, passfile) => {
      expect(read(buildConninfo({ user, passfile }))).toEqual({ user, passfile })
    }),
  )
})

test('a URI that is none is read without an exception', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (rest) => parseConninfo(`postgresql://${rest}`) instanceof Map),
  )
})
