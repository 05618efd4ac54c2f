import { expect, test } from 'vitest'
import { safeNext } from '@/components/session/safe-next'

test('a path of the dashboard is kept with its query', () => {
  expect(safeNext('/pairs/ledger?ages=true')).toBe('/pairs/ledger?ages=true')
})

test.each([
  null,
  '',
  'https://evil.example/',
  '//evil.example/x',
  '/\\evil.example',
  'javascript:alert(1)',
  '/\t/evil.example',
])('%j leads home instead of away', (next) => {
  expect(safeNext(next)).toBe('/')
})
