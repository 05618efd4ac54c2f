import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Command } from '@/lib/commands/command'
import { fileExitCodes, readFileCommand, writeFileCommand } from '@/lib/commands/file'

let directory: string
const owner = userInfo().username
const inShell = (command: Command, input = command.stdin ?? '') =>
  spawnSync('/bin/sh', ['-c', command.text], { input, encoding: 'utf8' })
const write = (path: string, content: string, mode = '0640') =>
  writeFileCommand({ path, content, mode, owner, isSecret: false }, 'unprivileged')

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-file-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('a file is written whole, with its mode, under the most hostile name, and nothing else is left', () => {
  const name = `-rf $(touch x) 'q"\n😀`
  const content = 'line\n\n$(id) `x` \\ é\n'
  expect(inShell(write(join(directory, name), content)).status).toBe(0)
  expect(readdirSync(directory)).toEqual([name])
  expect(readFileSync(join(directory, name), 'utf8')).toBe(content)
  expect(statSync(join(directory, name)).mode & 0o777).toBe(0o640)
})

test('a connection that is lost in the middle leaves the old file as it was', () => {
  const path = join(directory, 'conf')
  writeFileSync(path, 'old')
  expect(inShell(write(path, 'new content'), 'new con').status).toBe(fileExitCodes.cutOff)
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(directory)).toEqual(['conf'])
})

test('a symbolic link is replaced, not followed', () => {
  writeFileSync(join(directory, 'target'), 'untouched')
  symlinkSync(join(directory, 'target'), join(directory, 'link'))
  expect(inShell(write(join(directory, 'link'), 'mine')).status).toBe(0)
  expect(readFileSync(join(directory, 'target'), 'utf8')).toBe('untouched')
  expect(readFileSync(join(directory, 'link'), 'utf8')).toBe('mine')
})

/** A program of this name that first runs `harm`: somebody else who acts in the middle of a command. */
function meanwhile(program: string, harm: string, { text, stdin }: Command) {
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  const real = `PATH=/usr/bin:/bin exec ${program} "$@"`
  writeFileSync(join(bin, program), `#!/bin/sh\ncd '${directory}' || exit 1\n${harm}\n${real}\n`, {
    mode: 0o755,
  })
  const env = { PATH: `${bin}:/usr/bin:/bin`, NODE_ENV: 'test' as const }
  return spawnSync('/bin/sh', ['-c', text], { input: stdin ?? '', encoding: 'utf8', env })
}

test.each(['cat', 'chmod', 'chown', 'sync'])(
  'a link that is put in the new file’s place before %s changes nothing of what it points at: not its content, mode or owner',
  (program) => {
    const secret = join(directory, 'secret')
    writeFileSync(secret, 'of root', { mode: 0o600 })
    const harm = 'for new in conf.understudy.*; do rm -f "$new"; ln -s secret "$new"; done'
    meanwhile(program, harm, write(join(directory, 'conf'), 'content', '0666'))
    expect(readFileSync(secret, 'utf8')).toBe('of root')
    expect(statSync(secret).mode & 0o777).toBe(0o600)
  },
)

test('root reads no file through a link, and not one that stands where a file was', () => {
  writeFileSync(join(directory, 'secret'), 'of root')
  symlinkSync(join(directory, 'secret'), join(directory, 'link'))
  const asRoot = (name: string) => readFileCommand(join(directory, name), 'sudo')
  expect(inShell(asRoot('secret')).stdout).toBe('of root')
  expect(inShell(asRoot('link'))).toMatchObject({ status: 1, stdout: '' })
  writeFileSync(join(directory, 'file'), 'plain')
  const swapped = meanwhile('dd', 'rm -f file; ln -s secret file', asRoot('file'))
  expect(swapped).toMatchObject({ status: 1, stdout: '' })
  expect(inShell(readFileCommand(join(directory, 'link'), 'sudo', 'database-owner')).stdout).toBe('of root')
})

test('a directory in its place is never replaced', () => {
  mkdirSync(join(directory, 'dir'))
  expect(inShell(write(join(directory, 'dir'), 'x')).status).toBe(1)
  expect(readdirSync(directory)).toEqual(['dir'])
})

test('a full disk is told apart', () => {
  const full = '/dev/shm/understudy-full'
  const command = write(join(directory, 'big'), 'x'.repeat(64))
  // The same script where the file system says that nothing fits: df and cat are asked, not guessed.
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'cat'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  writeFileSync(join(bin, 'df'), `#!/bin/sh\necho head; echo '${full} 100 100 0 100% /'\n`, { mode: 0o755 })
  const ran = spawnSync('/bin/sh', ['-c', command.text], {
    input: command.stdin ?? '',
    env: { PATH: `${bin}:${process.env.PATH}`, NODE_ENV: 'test' },
  })
  expect(ran.status).toBe(fileExitCodes.diskFull)
})

test('content is on standard input only, and a secret is marked as one', () => {
  const command = writeFileCommand(
    { path: '/root/.pgpass', content: 'hunter2', mode: '0600', owner: 'root:root', isSecret: true },
    'sudo',
  )
  expect(command).toMatchObject({ as: 'root', stdin: 'hunter2', stdinIsSecret: true })
  expect(command.text).not.toContain('hunter2')
})

test('reading tells a file that is not there from an empty one', () => {
  writeFileSync(join(directory, 'empty'), '')
  expect(inShell(readFileCommand(join(directory, 'empty'), 'root'))).toMatchObject({ status: 0, stdout: '' })
  expect(inShell(readFileCommand(join(directory, 'none'), 'root')).status).toBe(fileExitCodes.absent)
})
