import { expect, test } from 'vitest'
import { type NewerFiles, newerFilesSentence } from '@/lib/domain/newer-files'

const since = '2026-11-25T14:07:01.000Z'
const of = (title: string, files: number, bytes: number, isAll = true): NewerFiles => ({
  title,
  since,
  count: { files, bytes, isAll },
})
const never: NewerFiles = { title: 'Apps', since: null, count: null }
const uncounted: NewerFiles = { title: 'Reports', since, count: null }
const say = (...directories: NewerFiles[]) => newerFilesSentence('db1', directories, null)

test('files and bytes of each directory that has newer ones, and which have none', () => {
  expect(say(of('Vault', 12, 34_000), of('Settings', 1, 10), of('Keys', 0, 0))).toBe(
    'Newer on db1 than the last good sync: 12 files (34 kB) of Vault, 1 file (10 B) of Settings. Nothing is newer in Keys.',
  )
})

test('a count that was broken off is a least one, also of none', () => {
  expect(say(of('Vault', 20_000, 5_000_000, false))).toContain('at least 20,000 files (5 MB) of Vault')
  expect(say(of('Vault', 0, 0, false))).toContain('at least 0 files (0 B) of Vault')
})

test('what was never copied is all of it, and what could not be counted is said so', () => {
  expect(say(never, uncounted)).toBe(
    'Newer on db1 than the last good sync: all of Apps (never copied). In Reports it could not be counted.',
  )
  expect(say(uncounted)).toBe(
    'Nothing on db1 is newer than the last good sync where it could be counted. In Reports it could not be counted.',
  )
})

test('nothing newer is said plainly', () => {
  expect(say(of('Vault', 0, 0), of('Keys', 0, 0))).toBe('Nothing on db1 is newer than the last good sync.')
})

test('where the primary could not be asked, it says why; a pair without directories says nothing', () => {
  expect(newerFilesSentence('db1', [never], 'db1 can’t be reached.')).toBe(
    'Which files are newer on db1 than on the standby can’t be known: db1 can’t be reached.',
  )
  expect(newerFilesSentence('db1', [], null)).toBe('')
})
