import { expect, test } from 'vitest'
import { leftOutOf, leftOutWords } from '@/lib/domain/left-out'
import type { DirectorySetting, Scope } from '@/lib/domain/pair'

const directory = (id: string, title: string): DirectorySetting => ({
  id,
  title,
  path: `/srv/${id}`,
  log: `${id}.log`,
  schedule: '* * * * *',
})
const vault = directory('vault', 'Vault')
const etc = directory('etc', 'Settings')
const wordsOf = (
  scope: Scope,
  directories: readonly DirectorySetting[],
  all = [vault, etc],
  packages = { system: false, pip: null as object | null },
) =>
  leftOutWords(
    leftOutOf({ scope, settings: { walKeepSegments: 32, directories } }, { directories: all, packages }),
  )

const both = { database: true, files: true }

test('a pair of everything leaves nothing out', () => {
  expect(wordsOf(both, [vault, etc])).toBe('')
})

test.each<[string, Scope, DirectorySetting[], string]>([
  ['the vault', both, [etc], 'Vault'],
  ['each directory by itself', both, [], 'every directory'],
  ['the files', { database: true, files: false }, [vault, etc], 'every directory'],
  ['the database', { database: false, files: true }, [vault, etc], 'the database'],
  ['the database and one directory', { database: false, files: true }, [vault], 'the database, Settings'],
])('one without %s says so', (_, scope, directories, words) => {
  expect(wordsOf(scope, directories)).toBe(words)
})

test('a directory that the profile got later is left out until the pair has it', () => {
  expect(wordsOf(both, [vault, etc], [vault, etc, directory('apps', 'Apps')])).toBe('Apps')
})

test('packages are left out where the profile names some and the pair has none', () => {
  for (const packages of [
    { system: true, pip: null },
    { system: false, pip: { command: 'pip' } },
  ]) {
    expect(wordsOf(both, [vault, etc], [vault, etc], packages)).toBe('packages')
    expect(wordsOf({ ...both, packages: true }, [vault, etc], [vault, etc], packages)).toBe('')
  }
})

test('where the profile has no directories none is left out', () => {
  expect(wordsOf({ database: true, files: false }, [], [])).toBe('')
})
