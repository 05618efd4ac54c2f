import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newerFilesQuestion, newerLimits, parseNewerFiles } from '@/lib/facts/newer-files'
import { phantomPlaces } from '@/test/harness/places'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy newer * ['"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function ask(...directories: Parameters<typeof newerFilesQuestion>[1]) {
  const { text } = newerFilesQuestion(phantomPlaces('ledger'), directories)
  const { stdout, status } = spawnSync('/bin/sh', ['-c', text], { encoding: 'utf8' })
  expect(status).toBe(0)
  return parseNewerFiles(stdout)
}
const directory = (id: string, since: string, nested: readonly string[] = []) => ({
  id,
  path: join(folder, id),
  nested,
  since,
})
const long = '2001-01-01T00:00:00.000Z'
const soon = new Date(Date.now() + 3_600_000).toISOString()

test('files that changed since are counted with their bytes, but the mark and what has a sync of its own', () => {
  mkdirSync(join(folder, 'vault/reports [x]'), { recursive: true })
  mkdirSync(join(folder, 'vault/deep'))
  writeFileSync(join(folder, 'vault/.understudy-source'), 'mark')
  writeFileSync(join(folder, 'vault/reports [x]/other'), 'not of this directory')
  writeFileSync(join(folder, 'vault/a'), '12345')
  writeFileSync(join(folder, 'vault/deep/b\nc'), '123')
  expect(ask(directory('vault', long, ['/reports [x]'])).get('vault')).toEqual({
    files: 2,
    bytes: 8,
    isAll: true,
  })
  expect(ask(directory('vault', soon)).get('vault')).toEqual({ files: 0, bytes: 0, isAll: true })
})

test('a file that was brought with an older time is newer all the same', () => {
  mkdirSync(join(folder, 'vault'))
  const since = new Date(Date.now() - 60_000).toISOString()
  writeFileSync(join(folder, 'vault/old'), 'x')
  utimesSync(join(folder, 'vault/old'), new Date(long), new Date(long))
  expect(ask(directory('vault', since)).get('vault')).toMatchObject({ files: 1 })
})

test('several are asked at once; one that is not there is told apart from an empty one', () => {
  mkdirSync(join(folder, 'etc'))
  const found = ask(directory('etc', long), directory('gone', long))
  expect(found.get('etc')).toEqual({ files: 0, bytes: 0, isAll: true })
  expect(found.get('gone')).toBeNull()
})

test('more files than are counted at most are a least count', () => {
  mkdirSync(join(folder, 'vault'))
  const make = `cd "$1" && seq -f 'f%.0f' ${newerLimits.files + 5} | xargs touch`
  expect(spawnSync('/bin/sh', ['-c', make, 'sh', join(folder, 'vault')]).status).toBe(0)
  expect(ask(directory('vault', long)).get('vault')).toEqual({
    files: newerLimits.files,
    bytes: 0,
    isAll: false,
  })
})

test('an answer of another form is no count', () => {
  expect(parseNewerFiles('vault 1\nsh: find: not found\nVault 1 2 all\n').size).toBe(0)
})
