import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { filesThere, parseFilesThere } from '@/lib/facts/missing-files'
import { hostileNames } from '@/test/harness/hostile-text'
import { phantomPlaces } from '@/test/harness/places'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy rows * ['"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function ask(names: readonly (string | Uint8Array)[], directory = folder) {
  const bytes = names.map((name) => (typeof name === 'string' ? Buffer.from(name) : name))
  const { text, stdin } = filesThere(phantomPlaces('ledger'), directory, bytes)
  const { stdout, status } = spawnSync('/bin/sh', ['-c', text], { input: stdin ?? '', encoding: 'utf8' })
  expect(status).toBe(0)
  return parseFilesThere(stdout, names.length)
}
function put(name: string | Buffer): void {
  const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)])
  mkdirSync(dirname(path.toString('latin1')), { recursive: true })
  writeFileSync(path, 'x')
}

test('each name is told as there or missing, in its order', () => {
  mkdirSync(join(folder, 'a'))
  put('a/one')
  put('three')
  expect(ask(['a/one', 'a/two', 'three'])).toEqual([true, false, true])
  expect(ask([])).toEqual([])
})

test('a name may have any bytes, and none of them is executed', () => {
  const names = hostileNames.filter((name) => name !== '' && !name.includes('/') && name.length < 200)
  for (const name of names) {
    expect(ask([name]), JSON.stringify(name)).toEqual([false])
    put(name)
    expect(ask([name]), JSON.stringify(name)).toEqual([true])
  }
  const odd = Buffer.from([0x61, 0xff, 0x0a, 0x5c, 0x30, 0x25])
  expect(ask([odd])).toEqual([false])
  put(odd)
  expect(ask([odd, '\\0141', '%s'])).toEqual([true, false, false])
})

test('thousands are asked at once', () => {
  put('there')
  const names = Array.from({ length: 5_000 }, (_, index) =>
    index === 4_321 ? 'there' : `x/${index}-${'y'.repeat(60)}`,
  )
  expect(ask(names)?.flatMap((is, index) => (is ? [index] : []))).toEqual([4_321])
})

test('a link that leads nowhere is no file that a row could mean', () => {
  symlinkSync('/nowhere', join(folder, 'link'))
  expect(ask(['link'])).toEqual([false])
})

test('a directory that is not there is told apart from one without the files', () => {
  expect(ask(['a'], join(folder, 'gone'))).toBeNull()
})

test('an answer of another form is an error, not fewer missing files', () => {
  for (const text of ['.', '...', '.a', 'absent', ''])
    expect(() => parseFilesThere(text, 2)).toThrow(expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }))
})
