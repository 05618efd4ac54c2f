import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchLimits, searchLog } from '@/lib/commands/search-log'
import type { LoudnessAsked } from '@/lib/domain/log-severity'
import { parseLogSearch } from '@/lib/facts/log-search'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-search-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function search(name: string, text: string, loudness: LoudnessAsked = 'all') {
  const { text: script, stdin } = searchLog(join(folder, name), { text, loudness })
  return parseLogSearch(execFileSync('/bin/sh', ['-c', script], { input: stdin ?? '', encoding: 'utf8' }))
}
const write = (name: string, content: string | Buffer) => writeFileSync(join(folder, name), content)

test('lines with a text are found with the byte at which each begins, in whatever case', () => {
  const content = 'zwölf\nVAULT: ok\nother\nvault: failed: denied\n'
  write('a.log', content)
  expect(search('a.log', 'vault')).toMatchObject({
    sizeBytes: Buffer.byteLength(content),
    count: 2,
    lines: [
      { offset: 7, text: 'VAULT: ok' },
      { offset: 23, text: 'vault: failed: denied' },
    ],
  })
  expect(search('a.log', 'vault', 'error')?.lines).toEqual([{ offset: 23, text: 'vault: failed: denied' }])
  expect(search('a.log', '', 'warning')?.count).toBe(1)
  expect(search('a.log', 'nowhere')).toMatchObject({ count: 0, lines: [] })
})

test('a text is a text: no expression, no option, no command, and digits do not match the place of a line', () => {
  write('b.log', 'a.c\nabc\n-v x\n$(reboot) `x` \'"\n12345\n')
  expect(search('b.log', 'a.c')?.count).toBe(1)
  expect(search('b.log', '-v')?.lines).toEqual([{ offset: 8, text: '-v x' }])
  expect(search('b.log', '$(reboot) `x` \'"')?.count).toBe(1)
  expect(search('b.log', '8')?.count).toBe(0)
  expect(search('b.log', '')?.count).toBe(5)
})

test('of many matches the latest are told, and how many there are', () => {
  write('c.log', Array.from({ length: 1_200 }, (_, index) => `line ${index}\n`).join(''))
  const found = search('c.log', 'line')
  expect(found?.count).toBe(1_200)
  expect(found?.lines).toHaveLength(searchLimits.linesMax)
  expect(found?.lines[0]?.text).toBe('line 700')
  expect(found?.lines.at(-1)?.text).toBe('line 1199')
})

test('bytes that are no text hide nothing, and an endless line is cut', () => {
  write('d.log', Buffer.concat([Buffer.from([0xff, 0, 0x0a]), Buffer.from(`needle ${'x'.repeat(9_000)}\n`)]))
  const [line] = search('d.log', 'NEEDLE')?.lines ?? []
  expect(line?.offset).toBe(3)
  expect(line?.text.length).toBe(searchLimits.lineBytesMax - '3:'.length)
})

test('a file that is not there is none, and a link is not followed', () => {
  expect(search('absent.log', 'x')).toBeNull()
  write('secret', 'of root')
  symlinkSync(join(folder, 'secret'), join(folder, 'linked.log'))
  expect(() => search('linked.log', 'root')).toThrow(expect.objectContaining({ code: 'HOST_COMMAND_FAILED' }))
})
