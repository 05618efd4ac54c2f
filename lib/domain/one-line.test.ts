import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asOneLine, isOneLine } from '@/lib/domain/one-line'

test.each(['a\nb', 'a\rb', 'a\tb', '\0', '\u001b[2J', '\u0085', '\u2028', '\u2029', '\u007f'])(
  '%j is not one line',
  (text) => {
    expect(isOneLine(text)).toBe(false)
  },
)

test('whatever is written stands in one line, and what did already is left as it is', () => {
  expect(asOneLine('a\nb \u2028 é“”')).toBe('a\\u000ab \\u2028 é“”')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(isOneLine(asOneLine(text))).toBe(true)
      if (isOneLine(text)) expect(asOneLine(text)).toBe(text)
    }),
  )
})
