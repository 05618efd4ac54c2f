import { expect, test } from 'vitest'
import { parseTheme } from '@/components/session/theme'

test('a cookie that was never set, or was tampered with, means the system’s theme', () => {
  expect(parseTheme(undefined)).toBe('system')
  expect(parseTheme('"><script>')).toBe('system')
  expect(parseTheme('dark')).toBe('dark')
})
