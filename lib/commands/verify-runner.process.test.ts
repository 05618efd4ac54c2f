import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { endCopies, listDiffering, repairFiles } from '@/lib/commands/sync-runs'
import { settingsDirectory, verifyProgram } from '@/lib/domain/sync-names'
import { parseVerification } from '@/lib/facts/directory-runs'
import { comparingRsync } from '@/test/harness/comparing-rsync'
import { FolderRunner } from '@/test/harness/folder-runner'

/** The program that verifies, as a plan installs it, in a real shell, beside a stand-in for rsync that compares two folders. */
let runner: FolderRunner
const program = () => verifyProgram(runner.sync.places.standby)
const noted = () => runner.in('noted')
const written = new Date('2026-11-20T10:00:00Z')

/** A file with this content on one side, or both, and this time. */
function put(where: 'primary' | 'standby' | 'both', name: string, content: string, time = written): void {
  const folders = { primary: [runner.in('primary')], standby: [runner.target] }
  for (const folder of where === 'both' ? [...folders.primary, ...folders.standby] : folders[where]) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    utimesSync(path, time, time)
  }
}
/** What a copy that began then, and ended well, leaves. */
const copiedAt = (start: string) =>
  runner.put(join(runner.runs, 'vault.good'), `{"start":"${start}","end":"${start}","result":"ok"}\n`)
/** A copy that begins in the next second: records tell no smaller time. */
async function copyNow(): Promise<void> {
  const second = () => `${new Date().toISOString().slice(0, 19)}Z`
  const last = second()
  while (second() <= last) await new Promise((resolve) => setTimeout(resolve, 10))
  copiedAt(second())
}
const afterwards = '2099-01-01T00:00:00Z'

function change(file: string, from: string | RegExp, to: string): void {
  const before = readFileSync(file, 'utf8')
  expect(before).toMatch(from)
  writeFileSync(file, before.replace(from, to))
}

beforeEach(() => {
  runner = new FolderRunner()
  runner.rsyncIs(comparingRsync(runner.in('primary'), noted()))
  rmSync(`${settingsDirectory(runner.sync.places.standby)}/directories/nested.conf`)
  // No second look is waited for.
  change(program(), 'patience=600', 'patience=0')
  copiedAt('2026-11-22T00:00:00Z')
  put('both', '.understudy-source', 'mark')
  put('both', 'a/one', 'one')
  put('both', 'a/b/two [2]', 'two')
  put('both', 'three', 'three')
})
afterEach(() => runner.dispose())

const run = (...more: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(program(), ['ledger', ...more], { encoding: 'utf8' })
const found = () => parseVerification(readFileSync(join(runner.runs, 'vault.verified'), 'utf8').trim())
const log = () => readFileSync(runner.in('log/rsync_vault.log'), 'utf8')
const compared = () => {
  const names = existsSync(noted()) ? readFileSync(noted(), 'utf8').trim().split('\n').toSorted() : []
  rmSync(noted(), { force: true })
  return names
}

describe('a pass over a directory', () => {
  test('says how much of it was compared, from when to when, and that nothing differs', () => {
    expect(run().status).toBe(0)
    expect(found()).toMatchObject({ result: 'ok', files: 4, bytes: 15, suspects: 0, differs: 0, names: [] })
    expect(found().pass).toMatchObject({ files: 4, bytes: 15, endedAt: expect.stringMatching(/Z$/) })
    expect(compared()).toEqual(['.understudy-source', 'a/b/two [2]', 'a/one', 'three'])
    expect(log()).toMatch(/^\S+Z vault: verified 4 files, 15 bytes: 0 differ, 0 suspects$/m)
  })

  test('reads with the lowest priority of processor and disk', () => {
    run()
    expect(readFileSync(`${noted()}.priority`, 'utf8').trim().split(/\s+/)).toEqual(['19', 'idle'])
  })

  test('is not begun anew before its days have passed, unless somebody asks for it', () => {
    run()
    compared()
    run()
    expect(compared()).toEqual([])
    run('--now')
    expect(compared()).toHaveLength(4)
    expect(found().lastPass).toMatchObject({ files: 4, bytes: 15 })
    change(join(runner.runs, 'vault.verify'), /^began=.*/m, 'began=2026-11-01T00:00:00Z')
    run()
    expect(compared()).toHaveLength(4)
  })

  test('goes on in another run where the last one ended, slice by slice', () => {
    for (const name of ['x1', 'x2', 'x3']) {
      put('both', `large/${name}`, '')
      for (const folder of [runner.in('primary'), runner.target]) {
        truncateSync(join(folder, 'large', name), 200_000_000)
        utimesSync(join(folder, 'large', name), written, written)
      }
    }
    change(
      `${settingsDirectory(runner.sync.places.standby)}/pair.conf`,
      /verify_rate=\d+/,
      'verify_rate=9999',
    )
    // The connection is lost with the third slice.
    change(
      runner.in('bin/rsync'),
      'asked=\n',
      `grep -q x3 "$rules" && [ ! -e '${noted()}.mended' ] && { echo 'no route' >&2; exit 12; }\n`,
    )
    run()
    expect(found()).toMatchObject({ result: 'failed', reason: 'no route', files: 7, bytes: 600_000_015 })
    expect(found().pass).toMatchObject({ endedAt: null, files: 5, bytes: 400_000_010 })
    expect(compared()).not.toContain('large/x3')
    runner.put(`${noted()}.mended`, '')
    run()
    expect(compared()).toEqual(['large/x3', 'three'])
    expect(found().pass).toMatchObject({ files: 7, bytes: 600_000_015, endedAt: expect.any(String) })
  })

  test('begins nothing when the time of the run is over', () => {
    change(
      `${settingsDirectory(runner.sync.places.standby)}/pair.conf`,
      /verify_minutes=\d+/,
      'verify_minutes=0',
    )
    run()
    expect(compared()).toEqual([])
    expect(found().pass).toMatchObject({ files: 0, endedAt: null })
  })
})

describe('a file that differs although size and time are the same', () => {
  beforeEach(() => put('standby', 'a/one', 'oNe'))

  test('is a suspect first, and named once a look after a good copy has found it so again', () => {
    run()
    expect(found()).toMatchObject({ suspects: 1, differs: 0, names: [] })
    copiedAt(afterwards)
    run()
    expect(found()).toMatchObject({ suspects: 0, differs: 1, names: ['a/one'] })
    expect(log()).toMatch(/vault: differs from the primary, although size and time are the same: a\/one$/m)
  })

  test('stays a suspect as long as no good copy began after the first look', () => {
    for (let round = 0; round < 3; round++) run('--now')
    expect(found()).toMatchObject({ suspects: 1, differs: 0 })
  })

  test('is named whatever its name is', () => {
    put('both', 'a/$(touch pwned) "q" \\n; *', 'two')
    put('standby', 'a/$(touch pwned) "q" \\n; *', 'tWo')
    run()
    copiedAt(afterwards)
    run()
    expect(found().names.toSorted()).toEqual(['a/$(touch pwned) "q" \\n; *', 'a/one'])
    expect(existsSync(join(runner.target, 'a/pwned'))).toBe(false)
  })

  test('is no alarm where it has changed at the source since: the next copy brings it', () => {
    run()
    put('primary', 'a/one', 'new', new Date('2026-11-21T10:00:00Z'))
    copiedAt(afterwards)
    run('--now')
    expect(found()).toMatchObject({ suspects: 0, differs: 0, changed: 1 })
    expect(found().pass).toMatchObject({ files: 3 })
  })

  test('is a new suspect where it was written between the looks, so that one that is always being written is never named', async () => {
    run()
    for (const minute of ['10', '20', '30']) {
      const time = new Date(`2026-11-21T10:${minute}:00Z`)
      put('primary', 'a/one', 'aaa', time)
      put('standby', 'a/one', 'bbb', time)
      await copyNow()
      run('--now')
      expect(found()).toMatchObject({ suspects: 1, differs: 0 })
    }
  })

  test('goes from the list once it is the same again', () => {
    run()
    copiedAt(afterwards)
    run()
    put('standby', 'a/one', 'one')
    run()
    expect(found()).toMatchObject({ suspects: 0, differs: 0, names: [] })
  })

  test('gets its second look in the same run where the directory is copied meanwhile', () => {
    change(program(), 'patience=0', 'patience=20')
    copiedAt(afterwards)
    run()
    expect(found()).toMatchObject({ suspects: 0, differs: 1 })
  })

  test('is pulled by a repair, and it alone; then it is looked at again', () => {
    put('standby', 'three', 'thReE')
    run()
    copiedAt(afterwards)
    run()
    expect(found()).toMatchObject({ differs: 2 })
    const list = listDiffering(runner.sync.places.standby, ['vault', 'nested'], 10).text
    expect(spawnSync('/bin/sh', ['-c', list], { encoding: 'utf8' }).stdout).toBe('vault a/one\nvault three\n')
    const good = readFileSync(join(runner.runs, 'vault.good'), 'utf8')
    const { text, stdin } = repairFiles(runner.sync.places.standby, 'vault', ['a/one'])
    expect(spawnSync('/bin/sh', ['-c', text], { input: stdin ?? '' }).status).toBe(0)
    expect(found()).toMatchObject({ differs: 1, names: ['three'] })
    expect(readFileSync(join(runner.target, 'a/one'), 'utf8')).toBe('one')
    expect(readFileSync(join(runner.target, 'three'), 'utf8')).toBe('thReE')
    const given = readFileSync(`${noted()}.given`, 'utf8').split('\n')
    expect(given).toEqual(expect.arrayContaining(['--checksum', '--backup', '--numeric-ids']))
    expect(given.some((word) => word.startsWith('--delete') || word.startsWith('--max-delete'))).toBe(false)
    // No copy of the directory: its age stays what it is.
    expect(readFileSync(join(runner.runs, 'vault.good'), 'utf8')).toBe(good)
    expect(readFileSync(join(runner.runs, 'vault.jsonl'), 'utf8')).toMatch(/"result":"ok","files":1/)
  })
})

describe('nothing is compared', () => {
  test('on a host that is no standby, which is said', () => {
    runner.roleIs('f')
    run()
    expect(compared()).toEqual([])
    expect(found()).toMatchObject({
      result: 'failed',
      reason: 'skipped-role: PostgreSQL of this host is a writable primary',
    })
    expect(log()).toContain('vault: verification failed: skipped-role: ')
    expect(existsSync(join(runner.runs, 'vault.last'))).toBe(false)
  })

  test('where the primary refuses it, with its words', () => {
    writeFileSync(`${noted()}.fails`, 'understudy-send: no-mark: /srv/vault is "empty"\nrsync: error\n')
    run()
    expect(found()).toMatchObject({ result: 'failed', reason: 'no-mark: /srv/vault is empty' })
  })

  test('of a directory that was never copied', () => {
    rmSync(join(runner.runs, 'vault.good'))
    run()
    expect(existsSync(join(runner.runs, 'vault.verified'))).toBe(false)
  })

  test('twice at once; and a repair does not wait for the night’s run', async () => {
    change(
      runner.in('bin/rsync'),
      'asked=\n',
      `[ ! -e '${noted()}.hangs' ] || { touch '${noted()}.began'; exec sleep 600; }\n`,
    )
    runner.put(`${noted()}.hangs`, '')
    const first = spawn(program(), ['ledger'], { stdio: 'ignore' })
    const ended = once(first, 'exit')
    while (!existsSync(`${noted()}.began`)) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(run().status).toBe(0)
    expect(compared()).toEqual([])
    expect(spawnSync('/bin/sh', ['-c', endCopies(runner.sync.places.standby, ['vault']).text]).status).toBe(0)
    await ended
  })
})

test('whoever ends the copies ends a verification too, and what it found is forgotten: that host may be written to next', async () => {
  run()
  change(runner.in('bin/rsync'), 'asked=\n', `touch '${noted()}.began'; exec sleep 600\n`)
  const at = runner.sync.places.standby
  const verifying = spawn(program(), ['ledger', '--now'], { stdio: 'ignore' })
  const ended = once(verifying, 'exit')
  while (!existsSync(`${noted()}.began`)) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(spawnSync('/bin/sh', ['-c', endCopies(at, ['vault']).text]).status).toBe(0)
  await ended
  expect(
    readdirSync(runner.runs).filter((name) => /^vault\.(verif|differs)|^\.verify\.\w{6}$/.test(name)),
  ).toEqual([])
})

test('a log that is a link is not written to: it could lead to a file that only the copier may write', () => {
  runner.put(runner.in('precious'), 'untouched')
  mkdirSync(runner.in('log'), { recursive: true })
  symlinkSync(runner.in('precious'), runner.in('log/rsync_vault.log'))
  run()
  expect(readFileSync(runner.in('precious'), 'utf8')).toBe('untouched')
})
