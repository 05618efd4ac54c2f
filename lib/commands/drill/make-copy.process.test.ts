import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import { findEscapes } from '@/lib/commands/drill/copy-server'
import { makeDrillRoots } from '@/lib/commands/drill/drill-roots'
import { cloneData, readCopied, timedCopy } from '@/lib/commands/drill/make-copy'
import { drillPlaces } from '@/lib/domain/drill-places'

let folder: string
let data: string
const put = (path: string, content = path) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}
const run = ({ text }: Command) =>
  spawnSync('/bin/sh', ['-c', text.replaceAll('=always', '=auto')], { encoding: 'utf8' })
const placesOf = () =>
  drillPlaces({
    directory: data,
    chosen: null,
    tablespaces: [{ name: 'fast', oid: '16400', location: join(folder, 'fast') }],
    mark: 'd1e2f3a4',
  })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy it's $(here) "))
  data = join(folder, 'main')
  for (const name of [
    'PG_VERSION',
    'base/5/16390',
    "base/5/it's * new",
    'global/pg_control',
    'global/1262',
    'pg_xact/0000',
  ])
    put(`main/${name}`)
  for (const name of ['000000010000000000000003', '000000010000000000000004', '00000002.history'])
    put(`main/pg_wal/${name}`)
  // What is of the running server alone, or of nobody.
  for (const name of [
    ...[
      'postmaster.pid',
      'postmaster.opts',
      'standby.signal',
      'backup_label.old',
      'pg_replslot/s/state',
      'pg_stat_tmp/x',
    ],
    ...[
      'base/pgsql_tmp/pgsql_tmp1.0',
      'base/5/pgsql_tmp9',
      'log/today.log',
      'pg_wal/archive_status/x.done',
      'pg_wal/x.tmp',
    ],
  ])
    put(`main/${name}`)
  put('fast/PG_15_2022/5/16500')
  put('fast/PG_14_2021/5/of another major')
  mkdirSync(join(data, 'pg_tblspc'))
  symlinkSync(join(folder, 'fast'), join(data, 'pg_tblspc', '16400'))
  run(makeDrillRoots(placesOf(), 'a test'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const clone = () =>
  run(timedCopy(placesOf(), cloneData({ dataDirectory: data, places: placesOf(), major: 15 })))
const filesIn = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort()

test('every file that a server needs is copied, and nothing that is of the running one alone', () => {
  expect(clone().status).toBe(0)
  const { data: copy } = placesOf()
  expect(filesIn(copy)).toEqual([
    ...['PG_VERSION', 'base/5/16390', "base/5/it's * new", 'global/1262', 'global/pg_control'],
    ...[
      'pg_wal/000000010000000000000003',
      'pg_wal/000000010000000000000004',
      'pg_wal/00000002.history',
      'pg_xact/0000',
    ],
  ])
  expect(readFileSync(join(copy, "base/5/it's * new"), 'utf8')).toBe("main/base/5/it's * new")
  for (const name of ['pg_replslot', 'pg_stat_tmp', 'pg_notify', 'pg_wal/archive_status'])
    expect(lstatSync(join(copy, name)).isDirectory(), name).toBe(true)
})

test('a tablespace is copied into the drill’s own place, its link leads there, and no link leads out', () => {
  clone()
  const { data: copy, tablespaces } = placesOf()
  const own = tablespaces[0]?.copy ?? ''
  expect(readlinkSync(join(copy, 'pg_tblspc', '16400'))).toBe(own)
  expect(filesIn(own)).toEqual(['PG_15_2022/5/16500'])
  expect(run(findEscapes(placesOf())).stdout).toBe('')
  symlinkSync(data, join(copy, 'base', 'away'))
  expect(run(findEscapes(placesOf())).stdout).toBe(`${join(copy, 'base', 'away')} -> ${data}\n`)
})

test('what was copied is told with its size and time, and nothing is told of a copy that failed', () => {
  expect(run(readCopied(placesOf())).stdout).toBe('')
  clone()
  expect(run(readCopied(placesOf())).stdout).toMatch(/^ms=\d+\nbytes=\d{3,}\n$/)
  rmSync(placesOf().root, { recursive: true })
  run(makeDrillRoots(placesOf(), 'a test'))
  rmSync(join(data, 'global', 'pg_control'))
  expect(clone().status).not.toBe(0)
  expect(existsSync(join(placesOf().root, 'copied'))).toBe(false)
})

test('more files than one command takes are all copied', () => {
  for (let index = 0; index < 350; index += 1) put(`main/base/5/many/${index}`)
  expect(clone().status).toBe(0)
  expect(readdirSync(join(placesOf().data, 'base/5/many')).length).toBe(350)
})
