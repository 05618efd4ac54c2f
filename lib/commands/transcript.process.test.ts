import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendTranscript } from '@/lib/commands/transcript'
import { anyText } from '@/test/harness/hostile-text'

let folder: string
let log: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-transcript-'))
  log = join(folder, "it's a log", 'warm_standby.log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Lines as `transcriptLines` makes them: time, mark and number of the event, then its text. */
const lineOf = (mark: string, seq: number, text: string) => `2026-11-23T03:00:00Z [${mark} #${seq}] ${text}`
const commandOf = (mark: string, lines: readonly string[]) =>
  appendTranscript(log, mark, lines, { keeper: 'login' })
const append = (mark: string, lines: readonly string[], input?: string) => {
  const { text, stdin } = commandOf(mark, lines)
  return spawnSync('/bin/sh', ['-c', text], {
    input: input ?? stdin ?? '',
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', NODE_ENV: 'test' },
  }).status
}
const written = () => (existsSync(log) ? readFileSync(log, 'utf8') : '')

test('lines are appended once, however often and in whatever pieces they are given', () => {
  const lines = [1, 2, 3, 4].map((seq) => lineOf('0a1b2c3d', seq, `step ${seq}`))
  for (const until of [1, 2, 2, 4, 3, 4]) expect(append('0a1b2c3d', lines.slice(0, until))).toBe(0)
  expect(written()).toBe(`${lines.join('\n')}\n`)
})

test('what an event says in more than one line stays together', () => {
  const lines = [
    lineOf('0a1b2c3d', 9, 'runs'),
    lineOf('0a1b2c3d', 9, '    ls -l'),
    lineOf('0a1b2c3d', 10, 'ends'),
  ]
  for (let round = 0; round < 2; round += 1) append('0a1b2c3d', lines)
  expect(written()).toBe(`${lines.join('\n')}\n`)
})

test('what stood in the log stays, that of another operation too', () => {
  append('ffffffff', [lineOf('ffffffff', 7, 'of another')])
  append('0a1b2c3d', [lineOf('0a1b2c3d', 1, 'ours')])
  append('ffffffff', [lineOf('ffffffff', 8, 'of another again')])
  expect(
    written()
      .split('\n')
      .map((line) => line.slice(22)),
  ).toEqual(['ffffffff #7] of another', '0a1b2c3d #1] ours', 'ffffffff #8] of another again', ''])
})

test('nothing is written through a link that is put in the log’s place, whenever that is', () => {
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'of root\n')
  append('0a1b2c3d', [lineOf('0a1b2c3d', 1, 'ours')])
  const { text, stdin } = commandOf('0a1b2c3d', [lineOf('0a1b2c3d', 2, 'evil: ALL')])
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const swap = `#!/bin/sh\nln -sf '${secret}' "${log}"\nPATH=/usr/bin:/bin exec flock "$@"\n`
  writeFileSync(join(bin, 'flock'), swap, { mode: 0o755 })
  const env = { PATH: `${bin}:/usr/bin:/bin`, LC_ALL: 'C', NODE_ENV: 'test' as const }
  expect(spawnSync('/bin/sh', ['-c', text], { input: stdin ?? '', env }).status).not.toBe(0)
  expect(append('0a1b2c3d', [lineOf('0a1b2c3d', 3, 'evil: ALL')])).toBe(1)
  expect(readFileSync(secret, 'utf8')).toBe('of root\n')
})

test('a connection that is lost in the middle leaves the log as it was', () => {
  const lines = [lineOf('0a1b2c3d', 1, 'whole')]
  expect(append('0a1b2c3d', lines, lines.join('\n').slice(0, 30))).toBe(75)
  expect(written()).toBe('')
  expect(append('0a1b2c3d', lines)).toBe(0)
})

test('two that append at once both come whole', async () => {
  const many = (mark: string) =>
    Array.from({ length: 200 }, (_, index) => lineOf(mark, index + 1, 'x'.repeat(80)))
  const running = ['aaaaaaaa', 'bbbbbbbb'].map((mark) => {
    const { text, stdin } = commandOf(mark, many(mark))
    const child = spawn('/bin/sh', ['-c', text], { stdio: ['pipe', 'ignore', 'ignore'] })
    child.stdin.end(stdin ?? '')
    return once(child, 'exit')
  })
  for (const [status] of await Promise.all(running)) expect(status).toBe(0)
  const lines = written().trimEnd().split('\n')
  for (const mark of ['aaaaaaaa', 'bbbbbbbb'])
    expect(lines.filter((line) => line.includes(mark))).toEqual(many(mark))
})

test('any text of an event is written as it is, and nothing of it is executed', () => {
  const texts = [
    ...fc.sample(anyText, 40),
    '$(touch pwned)',
    '`touch pwned`',
    "'; touch pwned; '",
    '\\n \\c %s',
  ].map((text) => text.replaceAll(/[\n\r\u2028\u2029]/g, ' '))
  const lines = texts.map((text, index) => lineOf('0a1b2c3d', index + 1, text))
  expect(append('0a1b2c3d', lines)).toBe(0)
  expect(written()).toBe(`${lines.join('\n')}\n`)
  expect(existsSync(join(process.cwd(), 'pwned'))).toBe(false)
})

test('others can’t read what is told there, unless they could before', () => {
  append('0a1b2c3d', [lineOf('0a1b2c3d', 1, 'told')])
  expect(lstatSync(log).mode & 0o007).toBe(0)
  writeFileSync(log, '', { mode: 0o644 })
  append('0a1b2c3d', [lineOf('0a1b2c3d', 2, 'told')])
  expect(written()).toBe(`${lineOf('0a1b2c3d', 2, 'told')}\n`)
})
