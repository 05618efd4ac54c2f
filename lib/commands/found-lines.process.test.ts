import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type CronTable,
  foundLinesQuestion,
  holdFoundLines,
  releaseFoundLines,
  runningCopies,
} from '@/lib/commands/found-lines'
import { FolderHost } from '@/test/harness/folder-host'

let host: FolderHost
beforeEach(() => {
  host = new FolderHost('beta', '10.7.0.12')
})
afterEach(() => host.dispose())

const sum = (line: string) => createHash('sha256').update(line).digest('hex')
const one = '*/5 * * * * root RSYNC_PASSWORD=\'a b\' rsync -a "$HOME"/x alpha::x/ \\%'
const other = '\t1 2 * * *  root  rsync -a a b'
const text = `# what copies\nSHELL=/bin/sh\n\n${one}\n7 * * * * root other\n${other}`
const digests = [one, other].map(sum)
const held = '# held by understudy ledger adopt: '
const heldText = `# what copies\nSHELL=/bin/sh\n\n${held}${one}\n7 * * * * root other\n${held}${other}`

const run = async (command: ReturnType<typeof holdFoundLines>) =>
  (await host.door.runOrThrow(command, { timeoutMs: 9_000 })).stdout.trim().split('\n').filter(Boolean)

describe.each([
  ['a system table', { kind: 'file', path: '/etc/cron.d/sync' }, '/etc/cron.d/sync'],
  ['a user’s own crontab', { kind: 'crontab', user: 'root' }, '/var/spool/cron/crontabs/root'],
] as const)('lines of somebody else’s in %s', (_, table: CronTable, path) => {
  test('are made comments, and lines again byte for byte, however often', async () => {
    host.put(path, text, 0o640)
    for (let round = 0; round < 2; round += 1) await run(holdFoundLines(table, digests, 'ledger'))
    expect(host.read(path)).toBe(heldText)
    for (let round = 0; round < 2; round += 1) await run(releaseFoundLines(table, digests, 'ledger'))
    expect(host.read(path)).toBe(text)
    expect(statSync(host.path(path)).mode & 0o777).toBe(0o640)
  })

  test('are told as active or held; what is not among them is nobody’s business', async () => {
    host.put(path, `${text}\n`)
    const question = foundLinesQuestion(table, digests, 'ledger')
    expect(await run(question)).toEqual(['active', 'active'])
    await run(holdFoundLines(table, digests.slice(0, 1), 'ledger'))
    expect(await run(question)).toEqual(['held', 'active'])
  })

  test('that another operation holds for the same pair stay held', async () => {
    host.put(path, `${text}\n`)
    await run(holdFoundLines(table, digests, 'ledger'))
    await run(releaseFoundLines(table, [sum(one)], 'ledger'))
    expect(host.read(path)).toBe(`${text}\n`.replace(other, `${held}${other}`))
    expect(await run(foundLinesQuestion(table, [sum(other)], 'ledger'))).toEqual(['held'])
  })

  test('that were changed since are left alone, and so is what another pair holds', async () => {
    const changed = text
      .replace('*/5', '*/6')
      .replace('# what copies', '# held by understudy other adopt: * * * * * x')
    host.put(path, changed)
    await run(holdFoundLines(table, [sum(one)], 'ledger'))
    expect(host.read(path)).toBe(changed)
    await run(releaseFoundLines(table, digests, 'ledger'))
    expect(host.read(path)).toBe(changed)
  })

  test('that are gone with their table are nothing to hold', async () => {
    for (const command of [
      holdFoundLines(table, digests, 'ledger'),
      releaseFoundLines(table, digests, 'ledger'),
    ])
      expect(await run(command)).toEqual([])
    expect(await run(foundLinesQuestion(table, digests, 'ledger'))).toEqual([])
    expect(host.has(path)).toBe(false)
  })
})

test('a crontab that can’t be read is not written over', async () => {
  host.put('/var/spool/cron/crontabs/root', text)
  host.put(
    '/.bin/crontab',
    '#!/bin/sh\n[ "$3" = -l ] || exec cp /dev/null "$ROOT/var/spool/cron/crontabs/root"\necho no >&2; exit 1\n',
    0o755,
  )
  await expect(run(holdFoundLines({ kind: 'crontab', user: 'root' }, digests, 'ledger'))).rejects.toThrow()
  expect(host.read('/var/spool/cron/crontabs/root')).toBe(text)
})

test('a copy that runs is told by its paths, until it has ended', async () => {
  const at = { keeper: 'root' } as const
  host.put('/srv/a/file', 'x')
  // What follows a file waits for ever, and is rsync by its program's name.
  const program = host.path('/usr/local/bin/rsync')
  mkdirSync(dirname(program), { recursive: true })
  copyFileSync('/usr/bin/tail', program)
  const child = spawn(program, ['-f', host.path('/srv/a/file')], { stdio: 'ignore' })
  await once(child, 'spawn')
  try {
    expect(await run(runningCopies(at, { paths: ['/srv/a', '/srv/b'], scripts: [] }))).toEqual([
      String(child.pid),
    ])
    expect(await run(runningCopies(at, { paths: ['/srv/b'], scripts: [] }))).toEqual([])
  } finally {
    child.kill('SIGKILL')
  }
  await once(child, 'exit')
  expect(await run(runningCopies(at, { paths: ['/srv/a'], scripts: [] }))).toEqual([])
})

test('a script that is between two copies, and a shell that has more to copy, are told too', async () => {
  const at = { keeper: 'root' } as const
  host.put('/usr/local/bin/sync.sh', '#!/bin/sh\nsleep 600\n', 0o755)
  const script = spawn(host.path('/usr/local/bin/sync.sh'), { stdio: 'ignore', detached: true })
  const shell = spawn('/bin/sh', ['-c', `sleep 600; rsync -a ${host.path('/srv/a/')} b`], {
    stdio: 'ignore',
    detached: true,
  })
  await Promise.all([once(script, 'spawn'), once(shell, 'spawn')])
  const found = await run(runningCopies(at, { paths: ['/srv/a'], scripts: ['/usr/local/bin/sync.sh'] }))
  expect(found.toSorted()).toEqual([script.pid, shell.pid].map(String).toSorted())
  for (const { pid } of [script, shell]) process.kill(-(pid ?? 0), 'SIGKILL')
})
