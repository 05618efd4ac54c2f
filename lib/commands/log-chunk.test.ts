import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logChunk } from '@/lib/commands/log-chunk'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-log-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const decode = (base64: string) => Buffer.from(base64, 'base64').toString()

function ask(path: string, offset: number, limit: number, file: string | null = null): readonly string[] {
  const { text } = logChunk({ path, offset, limit, file })
  const output = execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8' })
  const [which = '', size = '', from = '', base64 = ''] = output.split('\n')
  return which.startsWith('file=') ? [size, from, decode(base64), which.slice(5)] : [which]
}

function read(name: string, content: string | null, offset: number, limit: number): readonly string[] {
  const path = join(folder, name)
  if (content !== null) writeFileSync(path, content)
  return ask(path, offset, limit).slice(0, 3)
}

test('a piece of a file is read from an offset, at most the limit', () => {
  expect(read('a.log', '0123456789', 3, 4)).toEqual(['size=10', 'offset=3', '3456'])
})

test('-1 reads the last bytes, and all of a shorter file', () => {
  expect(read('b.log', '0123456789', -1, 4)).toEqual(['size=10', 'offset=6', '6789'])
  expect(read('c.log', 'short', -1, 40)).toEqual(['size=5', 'offset=0', 'short'])
})

test('at the end there is nothing more; behind the end the file was rotated and is read from its beginning', () => {
  expect(read('d.log', '0123', 4, 10)).toEqual(['size=4', 'offset=4', ''])
  expect(read('e.log', '0123', 5, 10)).toEqual(['size=4', 'offset=0', '0123'])
})

test('a file that is not there is said to be absent', () => {
  expect(read('absent.log', null, 0, 10)[0]).toBe('absent=1')
})

test('a link is not followed: it could point at a secret that root may read', () => {
  writeFileSync(join(folder, 'secret'), 'of root')
  symlinkSync(join(folder, 'secret'), join(folder, 'linked.log'))
  expect(read('linked.log', null, 0, 10)[0]).toBe('link=1')
})

test('nor is one that takes the file’s place after it was looked at', () => {
  const path = join(folder, 'swapped.log')
  writeFileSync(path, 'harmless')
  const bin = mkdtempSync(join(folder, 'bin-'))
  const swap = `#!/bin/sh\nln -sf '${join(folder, 'secret')}' '${path}'\nPATH=/usr/bin:/bin exec dd "$@"\n`
  writeFileSync(join(bin, 'dd'), swap, { mode: 0o755 })
  const output = execFileSync('/bin/sh', ['-c', logChunk({ path, offset: 0, limit: 20, file: null }).text], {
    encoding: 'utf8',
    stdio: 'pipe',
    env: { PATH: `${bin}:/usr/bin:/bin`, NODE_ENV: 'test' },
  })
  expect(output).toMatch(/^file=\d+:\d+\nsize=8\noffset=0\n$/)
})

test('a hostile file name stays a name', () => {
  expect(read('$(touch pwned)\n\'";.log', 'held', 0, 10)[2]).toBe('held')
  expect(read('-rf.log', 'held', 0, 10)[2]).toBe('held')
})

test('a log that was rotated is read to its end first, then the new file from its beginning', () => {
  const path = join(folder, 'rotated.log')
  writeFileSync(path, 'one\ntwo\n')
  const [, , , file = ''] = ask(path, 0, 4)
  renameSync(path, `${path}.1`)
  expect(ask(path, 4, 10, file).slice(0, 3)).toEqual(['size=8', 'offset=4', 'two\n'])
  // Nothing is written yet: what follows it waits at the end of what there was.
  expect(ask(path, 8, 10, file)).toEqual(['size=8', 'offset=8', '', file])
  // The new file is longer already than the old one was: its size tells nothing.
  writeFileSync(path, 'a much longer first line\n')
  expect(ask(path, 4, 10, file)).toEqual(['size=8', 'offset=4', 'two\n', file])
  const [, offset, text, next] = ask(path, 8, 6, file)
  expect([offset, text]).toEqual(['offset=0', 'a much'])
  expect(next).not.toBe(file)
})

test('a log that was rotated further than once begins with the new file', () => {
  const path = join(folder, 'long-away.log')
  writeFileSync(path, 'one\n')
  const [, , , file = ''] = ask(path, 0, 4)
  renameSync(path, `${path}.2.gz`)
  writeFileSync(path, 'new\n')
  expect(ask(path, 4, 10, file).slice(0, 3)).toEqual(['size=4', 'offset=0', 'new\n'])
})

test('a link in place of the rotated file is not followed', () => {
  const path = join(folder, 'trap.log')
  writeFileSync(path, 'one\n')
  const [, , , file = ''] = ask(path, 0, 4)
  renameSync(path, join(folder, 'elsewhere'))
  symlinkSync(join(folder, 'elsewhere'), `${path}.1`)
  expect(ask(path, 0, 10, file)).toEqual(['absent=1'])
})
