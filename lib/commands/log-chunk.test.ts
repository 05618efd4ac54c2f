import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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

function read(name: string, content: string | null, offset: number, limit: number): readonly string[] {
  const path = join(folder, name)
  if (content !== null) writeFileSync(path, content)
  const output = execFileSync('/bin/sh', ['-c', logChunk(path, offset, limit).text], { encoding: 'utf8' })
  const [size = '', from = '', base64 = ''] = output.split('\n')
  return [size, from, decode(base64)]
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
  const output = execFileSync('/bin/sh', ['-c', logChunk(path, 0, 20).text], {
    encoding: 'utf8',
    stdio: 'pipe',
    env: { PATH: `${bin}:/usr/bin:/bin`, NODE_ENV: 'test' },
  })
  expect(output).toBe('size=8\noffset=0\n')
})

test('a hostile file name stays a name', () => {
  expect(read('$(touch pwned)\n\'";.log', 'held', 0, 10)[2]).toBe('held')
  expect(read('-rf.log', 'held', 0, 10)[2]).toBe('held')
})
