import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { createKeyring } from '@/lib/io/secrets/keyring'

const place = { table: 'hosts', row: '1', column: 'secret' }
const unreadable = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return error instanceof AppError && error.code === 'SECRET_UNREADABLE'
  }
  return false
}

test('any text comes back as it went in, and never stands in the sealed value', () => {
  const keyring = createKeyring([randomBytes(32)])
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 4 }), (clear) => {
      const sealed = keyring.seal(clear, place)
      expect(keyring.open(sealed, place)).toBe(clear)
      expect(sealed).not.toContain(clear)
    }),
  )
})

test('two seals of the same text differ', () => {
  const keyring = createKeyring([randomBytes(32)])
  expect(keyring.seal('x', place)).not.toBe(keyring.seal('x', place))
})

test('a value moved to another table, row or column is refused', () => {
  const keyring = createKeyring([randomBytes(32)])
  const sealed = keyring.seal('secret', place)
  for (const other of [{ table: 'pairs' }, { row: '2' }, { column: 'value' }])
    expect(unreadable(() => keyring.open(sealed, { ...place, ...other }))).toBe(true)
})

test('places whose parts join to the same text are different places', () => {
  const keyring = createKeyring([randomBytes(32)])
  const sealed = keyring.seal('secret', { table: 'a', row: 'b","c', column: 'd' })
  expect(unreadable(() => keyring.open(sealed, { table: 'a', row: 'b', column: 'c","d' }))).toBe(true)
})

test('a value with any character changed, cut or added is refused', () => {
  const keyring = createKeyring([randomBytes(32)])
  const sealed = keyring.seal('secret', place)
  const [head = '', ...rest] = sealed.split('.').reverse()
  const changed = [`${head.startsWith('A') ? 'B' : 'A'}${head.slice(1)}`, ...rest].reverse().join('.')
  for (const wrong of [changed, sealed.slice(0, -2), `${sealed}.x`, sealed.replace('v1', 'v2'), '', 'plain'])
    expect(unreadable(() => keyring.open(wrong, place))).toBe(true)
})

test('a new key in front seals, and the old one still opens what it sealed', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)]
  const sealed = createKeyring([older]).seal('secret', place)
  const both = createKeyring([newer, older])
  expect(both.open(sealed, place)).toBe('secret')
  expect(unreadable(() => createKeyring([older]).open(both.seal('new', place), place))).toBe(true)
})

test('a store sealed with another key says so instead of giving garbage', () => {
  const sealed = createKeyring([randomBytes(32)]).seal('secret', place)
  expect(unreadable(() => createKeyring([randomBytes(32)]).open(sealed, place))).toBe(true)
})

test('derived keys are stable for a label, differ between labels, and are not the master key', () => {
  const master = randomBytes(32)
  const keyring = createKeyring([master])
  expect(keyring.derive('sessions')).toEqual(createKeyring([master]).derive('sessions'))
  expect(keyring.derive('sessions')).not.toEqual(keyring.derive('other'))
  expect(keyring.derive('sessions')).not.toEqual(master)
  expect(keyring.derive('sessions')).toHaveLength(32)
})

test('a master key of the wrong length is refused', () => {
  expect(unreadable(() => createKeyring([randomBytes(16)]))).toBe(true)
})
