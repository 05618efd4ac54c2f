import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import { dataMoves } from '@/lib/commands/data-moves'
import { moveExitCodes, renameDirectory } from '@/lib/commands/move-directory'
import { dataPlace } from '@/lib/domain/data-place'
import { asidePlaceQuestion, parseAsidePlace } from '@/lib/facts/aside-place'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy's moves "))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs it; with `movesMax` the process is killed when it comes to one mv(1) more. Its exit code. */
function run({ text }: Command, movesMax = Number.POSITIVE_INFINITY): number | null {
  const limit = `left=${Number.isFinite(movesMax) ? movesMax : 9_999}
mv() { [ "$left" -gt 0 ] || kill -s KILL $$; left=$((left - 1)); command mv "$@"; }`
  return spawnSync('/bin/sh', ['-c', `${limit}\n${text}`], {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', NODE_ENV: 'test' },
  }).status
}

const fill = (directory: string, files: Readonly<Record<string, string>>) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, path, '..'), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
}

/** Every file below with its content. */
const filesOf = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return `${path.slice(directory.length + 1)}: ${readFileSync(path, 'utf8')}`
    })
    .sort()

const old = {
  'global/pg_control': 'old',
  'base/1/2': 'old',
  'with a space': 'old',
  '.hidden': 'old',
  '..two dots': 'old',
}
const copied = { 'global/pg_control': 'new', 'base/1/2': 'new', PG_VERSION: '15', 'standby.signal': 'ours' }

describe('a data directory that is the root of a file system', () => {
  /** The old data in it, a copy in it, and what belongs to the file system. */
  function ground() {
    const directory = join(folder, `data ${crypto.randomUUID()}`)
    const place = dataPlace({ directory, isMount: true, asideDirectory: null, mark: '0a1b2c3d' })
    fill(directory, { ...old, 'lost+found/x': 'of the file system' })
    fill(place.copy, copied)
    return { directory, place, moves: dataMoves(place), before: filesOf(directory) }
  }

  test('gives its content away, takes the copy’s, and has both back as they were, wherever a move is cut off', () => {
    for (let cut = 0; cut < 8; cut += 1) {
      const { directory, place, moves, before } = ground()
      const hasServer = (at: string) => readdirSync(at).includes('global')
      for (const move of [moves.putAside, moves.placeCopy]) {
        run(move, cut)
        expect(run(move)).toBe(0)
        expect(run(move), 'a third time').toBe(0)
      }
      expect(filesOf(directory).filter((file) => !file.startsWith('.understudy'))).toEqual(
        [...Object.entries({ ...copied, 'lost+found/x': 'of the file system' })]
          .map(([path, content]) => `${path}: ${content}`)
          .sort(),
      )
      expect(filesOf(place.aside).every((file) => file.endsWith(': old'))).toBe(true)
      for (const move of [moves.takeOut, moves.bringBack]) {
        run(move, cut)
        expect(run(move)).toBe(0)
      }
      expect(hasServer(directory)).toBe(true)
      expect(filesOf(directory)).toEqual(before)
    }
  })

  test('has the mark of a standby before it has anything that could start', () => {
    for (let cut = 0; cut < 6; cut += 1) {
      const { directory, moves } = ground()
      run(moves.putAside)
      run(moves.placeCopy, cut)
      const names = readdirSync(directory)
      expect(!names.includes('global') || names.includes('standby.signal'), `${cut} moves`).toBe(true)
    }
  })

  test('that somebody filled meanwhile is not written over', () => {
    const { directory, place, moves } = ground()
    run(moves.putAside)
    fill(directory, { PG_VERSION: 'of somebody' })
    expect(run(moves.placeCopy)).toBe(moveExitCodes.taken)
    expect(readFileSync(join(directory, 'PG_VERSION'), 'utf8')).toBe('of somebody')
    expect(filesOf(place.copy)).toContain('PG_VERSION: 15')
  })
})

describe('a rename', () => {
  test('refuses a name that is taken', () => {
    fill(folder, { 'a b/file': 'one', 'c/file': 'other' })
    expect(run(renameDirectory(join(folder, 'a b'), join(folder, 'c')))).toBe(moveExitCodes.taken)
    expect(run(renameDirectory(join(folder, 'a b'), join(folder, 'd')))).toBe(0)
    expect(filesOf(folder)).toEqual(['c/file: other', 'd/file: one'])
  })

  test('never becomes a copy to another file system', () => {
    fill(folder, { 'a/file': 'one' })
    const elsewhere = `/dev/shm/${crypto.randomUUID()}`
    expect(run(renameDirectory(join(folder, 'a'), elsewhere))).toBe(moveExitCodes.otherFileSystem)
    expect(filesOf(folder)).toEqual(['a/file: one'])
  })
})

test('a place for old data is told by what a real shell finds there', () => {
  fill(folder, { 'main/file': 'x', 'kept/here': '' })
  const look = (path: string) =>
    parseAsidePlace(
      spawnSync('/bin/sh', ['-c', asidePlaceQuestion(path, join(folder, 'main')).text], { encoding: 'utf8' })
        .stdout,
    )
  const kept = join(folder, 'kept')
  expect(look(kept)).toEqual({ isDirectory: true, isWritable: true, path: kept, isSameFileSystem: true })
  expect(look('/dev/shm')).toMatchObject({ isDirectory: true, isSameFileSystem: false })
  expect(look(join(folder, 'none'))).toMatchObject({ isDirectory: false, isSameFileSystem: false })
})
