import { expect, test } from 'vitest'
import { SecretMask } from '@/lib/operations/engine/secret-mask'

test('every secret that it was told of is hidden, wherever it stands and however often', () => {
  const mask = new SecretMask()
  mask.add('s3cret-of-the-pair')
  mask.add('a$1 (pattern)')
  mask.add(null)
  expect(mask.hide('PGPASSWORD=s3cret-of-the-pair psql s3cret-of-the-pair')).toBe(
    'PGPASSWORD=•••••• psql ••••••',
  )
  expect(mask.hide('it says a$1 (pattern).')).toBe('it says ••••••.')
  expect(mask.hide('nothing')).toBe('nothing')
})

test('one that is known only later is hidden from then on, and one too short to be told from a word is not', () => {
  const mask = new SecretMask()
  const { hide } = mask
  expect(hide('made-at-random')).toBe('made-at-random')
  mask.add('made-at-random')
  mask.add('db1')
  expect(hide('made-at-random on db1')).toBe('•••••• on db1')
})
