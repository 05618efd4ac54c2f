import { expect, test } from 'vitest'
import { printedName } from '@/lib/domain/printed-name'

const printed = (text: string) => printedName(Buffer.from(text))

test('what can be printed stands as it is, and every other byte as its number', () => {
  expect(printed('a/with space $(id) "q" \\n')).toBe('a/with space $(id) "q" \\n')
  expect(printed('new\nline\té')).toBe('new\\#012line\\#011\\#303\\#251')
  expect(printedName(Uint8Array.of(0x61, 0xff))).toBe('a\\#377')
})

test('what looks like such a number and is none is told apart', () => {
  expect(printed('u\\#012')).toBe('u\\#134#012')
  expect(printed('u\\#01')).toBe('u\\#01')
})
