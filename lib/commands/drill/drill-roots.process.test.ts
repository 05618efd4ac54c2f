import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import {
  findDrillRoots,
  foreignRoot,
  makeDrillRoots,
  removeDrillRoot,
} from '@/lib/commands/drill/drill-roots'
import { drillPlaces, drillSentinel } from '@/lib/domain/drill-places'

const sentinel = drillSentinel('d1e2f3a4-0000-4000-8000-000000000000')
let folder: string
let data: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy it's $(here) "))
  data = join(folder, 'main')
  mkdirSync(data)
  writeFileSync(join(data, 'PG_VERSION'), '15\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = ({ text }: Command) => spawnSync('/bin/sh', ['-c', text], { encoding: 'utf8' })
const placesOf = () =>
  drillPlaces({
    directory: data,
    chosen: null,
    tablespaces: [{ name: 'fast', oid: '16400', location: folder }],
    mark: 'd1e2f3a4',
  })
const remove = (root: string, of = sentinel, running = data) => run(removeDrillRoot(root, of, running)).status
const look = (root: string) => run(findDrillRoots([root], sentinel)).stdout

test('the directories are made for their owner alone, and made again nothing of them is lost', () => {
  const { roots, root } = placesOf()
  expect(run(makeDrillRoots({ roots }, sentinel)).status).toBe(0)
  for (const each of roots) {
    expect(statSync(each).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(each, 'understudy-drill'), 'utf8')).toBe(`${sentinel}\n`)
  }
  writeFileSync(join(root, 'copied'), 'ms=1\n')
  expect(run(makeDrillRoots({ roots }, sentinel)).status).toBe(0)
  expect(existsSync(join(root, 'copied'))).toBe(true)
  expect(look(root)).toBe(`ours ${root}\n`)
})

test('a directory is removed with all that is in it, and what its links lead to stays', () => {
  const { roots, root } = placesOf()
  run(makeDrillRoots({ roots }, sentinel))
  mkdirSync(join(root, 'data', 'base'), { recursive: true })
  symlinkSync(data, join(root, 'data', 'away'))
  symlinkSync(data, join(root, 'away'))
  expect(remove(root)).toBe(0)
  expect(look(root)).toBe(`absent ${root}\n`)
  expect(existsSync(join(data, 'PG_VERSION'))).toBe(true)
  expect(remove(root)).toBe(0)
})

test.each<[string, (root: string) => void]>([
  [
    'of another drill',
    (root) =>
      writeFileSync(
        join(root, 'understudy-drill'),
        `${drillSentinel('c0ffee00-0000-4000-8000-000000000000')}\n`,
      ),
  ],
  ['without a sentinel', (root) => rmSync(join(root, 'understudy-drill'))],
])('a directory %s is left alone, whatever asks for it', (_, spoil) => {
  const { roots, root } = placesOf()
  run(makeDrillRoots({ roots }, sentinel))
  writeFileSync(join(root, 'of-somebody'), 'x')
  spoil(root)
  expect(remove(root)).toBe(foreignRoot)
  expect(run(makeDrillRoots({ roots }, sentinel)).status).toBe(foreignRoot)
  expect(look(root)).toBe(`foreign ${root}\n`)
  expect(readFileSync(join(root, 'of-somebody'), 'utf8')).toBe('x')
})

test('a link in its place is nobody’s, also one that leads to a directory with the sentinel', () => {
  const { root } = placesOf()
  writeFileSync(join(data, 'understudy-drill'), `${sentinel}\n`)
  symlinkSync(data, root)
  expect(look(root)).toBe(`foreign ${root}\n`)
  expect(remove(root)).toBe(foreignRoot)
  expect(existsSync(join(data, 'PG_VERSION'))).toBe(true)
})

test('what was made and not yet marked, or marked no more, is still removed', () => {
  const { root } = placesOf()
  mkdirSync(root)
  expect(remove(root)).toBe(0)
  expect(existsSync(root)).toBe(false)
})

test('the running server’s data is never removed, by whatever name it is reached', () => {
  const { roots, root } = placesOf()
  run(makeDrillRoots({ roots }, sentinel))
  const inside = join(root, 'data')
  mkdirSync(inside)
  const link = join(folder, 'known-by')
  symlinkSync(inside, link)
  for (const running of [inside, link, root]) expect(remove(root, sentinel, running)).toBe(foreignRoot)
  expect(existsSync(inside)).toBe(true)
})

test('no other name can be asked to be removed at all', () => {
  for (const path of [data, '/', `${data}.understudy-d1e2f3a4`, `${data}.understudy-d1e2f3a4-drill/data`])
    expect(() => removeDrillRoot(path, sentinel, data)).toThrow(RangeError)
})
