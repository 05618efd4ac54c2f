import { expect, test } from 'vitest'
import { parseDifferingFiles } from '@/lib/facts/differing-files'

test('names are read by directory, with whatever is in them', () => {
  const text = 'vault a/new\\#012line\nvault  begins with a space\netc $(id) "q" \\n\n'
  expect([...parseDifferingFiles(text)]).toEqual([
    ['vault', ['a/new\\#012line', ' begins with a space']],
    ['etc', ['$(id) "q" \\n']],
  ])
})

test('what is no such line names nothing', () => {
  for (const text of ['', '\n', 'vault', 'vault ', '../etc passwd', 'vault a\tb', 'vault é', 'Vault a'])
    expect([...parseDifferingFiles(text)]).toEqual([])
})
