import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { setFileRole } from '@/lib/commands/file-role'
import { binPath, runnerFiles } from '@/lib/commands/sync'
import { copyGraceMs, endCopies } from '@/lib/commands/sync-runs'
import { fileRolePath, settingsDirectory, syncProgram } from '@/lib/domain/sync-names'
import {
  beginCopy,
  given,
  inHome,
  last,
  log,
  put,
  records,
  roleIs,
  rsyncEnds,
  run,
  runs,
  sync,
  target,
  wasCopied,
  withStandIns,
} from '@/test/harness/runner-home'

describe('a copy', () => {
  test('asks the primary for the directory by its name, with everything that belongs to a file', () => {
    expect(run().status).toBe(0)
    expect(given()).toEqual(
      expect.arrayContaining(['-aHAXS', '--numeric-ids', '--timeout=60', '--delete-delay']),
    )
    expect(given().slice(-2)).toEqual(['phantom@[10.0.0.1]:vault/', `${target()}/`])
    const ssh = given()[given().indexOf('-e') + 1]
    expect(ssh).toContain('-p 2222')
    expect(ssh).toContain('-o StrictHostKeyChecking=yes')
    expect(ssh).toContain(`-o UserKnownHostsFile=${settingsDirectory(sync.places.standby)}/known_hosts`)
  })

  test('leaves out what has a copy of its own, and puts what it replaces into the bin', () => {
    run()
    const exclude = given()
      .find((word) => word.startsWith('--exclude-from='))
      ?.slice('--exclude-from='.length)
    expect(readFileSync(exclude ?? '', 'utf8')).toBe('/lost+found/\n/.understudy-*/\n/a \\[b]/\n')
    const [vault] = sync.directories
    const bin = vault ? binPath(sync, vault) : ''
    expect(given()).toContain('--backup')
    expect(given().find((word) => word.startsWith('--backup-dir='))).toMatch(
      new RegExp(`^--backup-dir=${bin}/\\d{4}-\\d\\d-\\d\\d/\\d{6}\\.\\d+$`),
    )
  })

  test('puts what it replaces into the directory itself where that is another file system than what is around it', () => {
    const real = `/dev/shm/${crypto.randomUUID()}`
    mkdirSync(real)
    rmSync(target(), { recursive: true })
    symlinkSync(real, target())
    put(join(target(), '.understudy-source'), 'mark')
    try {
      run()
      expect(last()).toMatchObject({ result: 'ok' })
      const bin = given().find((word) => word.startsWith('--backup-dir='))
      expect(bin?.startsWith(`--backup-dir=${target()}/.understudy-bin-ledger/vault/`)).toBe(true)
    } finally {
      rmSync(real, { recursive: true })
    }
  })

  test('is recorded with its files, bytes and deletions, for machines and for people', () => {
    rsyncEnds(0, '>f+++++++++ 100\n>f.st...... 24\ncd+++++++++ 4096\n*deleting 0\n')
    run()
    expect(last()).toMatchObject({
      result: 'ok',
      exitCode: 0,
      files: 2,
      bytes: 124,
      deletions: 1,
      failures: 0,
    })
    expect(log()).toMatch(/^\S+Z vault: ok \(2 files, 124 bytes, 1 deleted\)$/m)
    expect(readFileSync(join(runs(), 'vault.good'), 'utf8')).toBe(
      readFileSync(join(runs(), 'vault.last'), 'utf8'),
    )
  })

  test('leaves no lock that is held and no file that says it runs', () => {
    run()
    expect(readdirSync(runs()).toSorted()).toEqual(['vault.good', 'vault.jsonl', 'vault.last', 'vault.lock'])
    expect(run().status).toBe(0)
  })

  test('counts what failed since the last good one, and begins anew with a good one', () => {
    rsyncEnds(255, '', 'ssh: connect: no route\n')
    run()
    run()
    expect(last()).toMatchObject({
      result: 'failed-connection',
      failures: 2,
      reason: 'ssh: connect: no route',
    })
    expect(existsSync(join(runs(), 'vault.good'))).toBe(false)
    rsyncEnds(0)
    run()
    expect(records().map(({ failures }) => failures)).toEqual([1, 2, 0])
  })

  test('empties the bin of what is older than its days, and of nothing else', () => {
    const [vault] = sync.directories
    const bin = vault ? binPath(sync, vault) : ''
    const old = new Date(Date.now() - 20 * 86_400_000)
    for (const name of ['2026-01-01', '2026-11-22', 'of-somebody']) put(join(bin, name, 'file'), 'x')
    for (const name of ['2026-01-01', 'of-somebody']) utimesSync(join(bin, name), old, old)
    run()
    expect(readdirSync(bin).toSorted()).toEqual(['2026-11-22', 'of-somebody'])
  })
})

describe('how rsync ended', () => {
  test.each([
    [0, '', 'ok', ''],
    [24, 'file has vanished: "/x"\n', 'ok', ''],
    [11, 'No space left on device (28)\n', 'failed-write', 'No space left on device (28)'],
    [23, 'rsync: open failed\n', 'failed-partly', 'rsync: open failed'],
    [25, '', 'failed-deletions', 'the primary lacks more than 1000 files that are here'],
    [
      12,
      'rsync: connection unexpectedly closed\n',
      'failed-connection',
      'rsync: connection unexpectedly closed',
    ],
    [30, 'timeout\n', 'failed-connection', 'timeout'],
    [255, 'Host key verification failed.\n', 'failed-connection', 'Host key verification failed.'],
    [1, 'syntax\n', 'failed', 'syntax'],
    [12, 'x\nunderstudy-send: no-mark: /srv/x is empty\n', 'failed-source', 'no-mark: /srv/x is empty'],
    [12, 'understudy-send: not-listed: ledger\n', 'failed-connection', 'not-listed: ledger'],
  ])('%i with “%s” is %s', (code, err, result, reason) => {
    rsyncEnds(code, '', err)
    expect(run().status).toBe(result === 'ok' ? 0 : 1)
    expect(last()).toMatchObject({ result, exitCode: code, reason })
  })

  test('whatever it says, the record is one line that a machine reads', () => {
    rsyncEnds(23, '', `"quoted" \\ back\tslash \x07 ${'x'.repeat(1_000)}\nsecond\n`)
    run()
    expect(records()).toHaveLength(1)
    expect(last().reason).toMatch(/^quoted {2}backslash {2}x{200,}$/)
    expect(log()).toContain('vault: second\n')
  })
})

describe('nothing is copied', () => {
  test.each([
    ['where this host’s own PostgreSQL is writable', 'f', 'PostgreSQL of this host is a writable primary'],
    ['where it does not answer', '', 'PostgreSQL of this host does not say that it is a standby'],
    ['where it answers something else', 'true', 'PostgreSQL of this host does not say that it is a standby'],
  ])('%s', (_, answer, reason) => {
    roleIs(answer)
    expect(run().status).toBe(0)
    expect(last()).toMatchObject({ result: 'skipped-role', reason, failures: 1 })
    expect(wasCopied()).toBe(false)
  })

  test('into what the first copy has not filled: an empty mount point is left alone', () => {
    rmSync(join(target(), '.understudy-source'))
    expect(run().status).toBe(1)
    expect(last()).toMatchObject({ result: 'failed-target' })
    expect(wasCopied()).toBe(false)
  })

  test('while a copy of the same directory runs: it is skipped and recorded, without counting as a failure', async () => {
    const { ended } = await beginCopy('exec sleep 600')
    expect(run().status).toBe(0)
    expect(last()).toMatchObject({ result: 'skipped-overlap', failures: 0, overlaps: 1 })
    expect(run().status).toBe(0)
    expect(last()).toMatchObject({ result: 'skipped-overlap', overlaps: 2 })
    expect(spawnSync('/bin/sh', ['-c', endCopies(sync.places.standby, ['vault']).text]).status).toBe(0)
    await ended
    expect(last()).toMatchObject({
      result: 'failed',
      exitCode: 143,
      reason: 'the copy was ended from outside',
      overlaps: 2,
    })
    expect(readdirSync(runs()).toSorted()).toEqual(['vault.jsonl', 'vault.last', 'vault.lock'])
    rsyncEnds(0)
    run()
    expect(last()).toMatchObject({ result: 'ok', overlaps: 0 })
  })

  test('once it is ended, although the program that copies would start only then', async () => {
    // The last that the runner asks before rsync: it hears the signal when rsync has already begun.
    put(
      inHome('bin/sed'),
      `#!/bin/sh\ncase $* in *primary_user=*) touch '${inHome('asks')}'; sleep 0.5 ;; esac\nexec /bin/sed "$@"\n`,
      0o755,
    )
    put(inHome('bin/rsync'), `#!/bin/sh\ntouch '${inHome('began')}'; exec sleep 600\n`, 0o755)
    const copy = spawn(syncProgram(sync.places.standby), ['ledger', 'vault'], { stdio: 'ignore' })
    const ended = once(copy, 'exit')
    while (!existsSync(inHome('asks'))) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(spawnSync('/bin/sh', ['-c', endCopies(sync.places.standby, ['vault']).text]).status).toBe(0)
    expect(await ended).toEqual([143, null])
    expect(records()).toMatchObject([{ result: 'failed', exitCode: 143 }])
  })

  test('once all that hang are ended, none of which hears a signal: together, not one after another', async () => {
    const ids = Array.from({ length: 9 }, (_, index) => `dir-${index}`)
    mkdirSync(runs(), { recursive: true })
    const deaf = ids.map((id) =>
      spawn('/bin/sh', ['-c', `exec 9>'${join(runs(), id)}.lock'; flock 9; trap '' TERM; sleep 60`], {
        stdio: 'ignore',
      }),
    )
    const ended = Promise.all(deaf.map((holder) => once(holder, 'exit')))
    const isHeld = (id: string) =>
      existsSync(join(runs(), `${id}.lock`)) &&
      spawnSync('/bin/sh', ['-c', `flock -n 8 8<'${join(runs(), id)}.lock'`]).status !== 0
    while (!ids.every(isHeld)) await new Promise((resolve) => setTimeout(resolve, 5))
    const begunAt = performance.now()
    const end = endCopies(sync.places.standby, ids, copyGraceMs.dead)
    expect(spawnSync('/bin/sh', ['-c', end.text]).status).toBe(0)
    // One after another they would take nine times the grace.
    expect(performance.now() - begunAt).toBeLessThan(9 * copyGraceMs.dead)
    expect((await ended).map(([, signal]) => signal)).toEqual(ids.map(() => 'SIGKILL'))
  })

  test('by a copy that waited for another one which is ended', async () => {
    put(inHome('bin/rsync'), `#!/bin/sh\necho $$ >>'${inHome('began')}'; exec sleep 600\n`, 0o755)
    const program = syncProgram(sync.places.standby)
    const first = spawn(program, ['ledger', 'vault'], { stdio: 'ignore' })
    while (!existsSync(inHome('began'))) await new Promise((resolve) => setTimeout(resolve, 5))
    const second = spawn(program, ['ledger', 'vault', '--now'], { stdio: 'ignore' })
    const ended = Promise.all([once(first, 'exit'), once(second, 'exit')])
    const waits = () => spawnSync('pgrep', ['-P', String(second.pid), '-x', 'flock']).status === 0
    while (!waits()) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(spawnSync('/bin/sh', ['-c', endCopies(sync.places.standby, ['vault']).text]).status).toBe(0)
    await ended
    expect(readFileSync(inHome('began'), 'utf8').trim().split('\n')).toHaveLength(1)
  })

  test('for a directory that the pair does not have', () => {
    const { status, stderr } = spawnSync(syncProgram(sync.places.standby), ['ledger', 'other'], {
      encoding: 'utf8',
    })
    expect(status).toBe(2)
    expect(stderr).toContain('understudy-sync: ledger has no directory other here\n')
  })

  test('when the log is a link: it could lead to a file that only the copier may write', () => {
    put(inHome('precious'), 'untouched')
    mkdirSync(inHome('log'), { recursive: true })
    symlinkSync(inHome('precious'), inHome('log/rsync_vault.log'))
    expect(run().status).toBe(2)
    expect(readFileSync(inHome('precious'), 'utf8')).toBe('untouched')
    expect(wasCopied()).toBe(false)
  })
})

describe('where the pair has no database', () => {
  const { standby } = { standby: () => sync.places.standby }
  const say = (role: 'standby' | 'primary' | 'former') =>
    spawnSync('/bin/sh', ['-c', setFileRole(standby(), ['none', 'standby', 'primary', 'former'], role).text])
  beforeEach(() => {
    for (const file of runnerFiles({ ...sync, database: null }))
      put(file.path, withStandIns(file.content), Number.parseInt(file.mode, 8))
    roleIs('t')
  })

  test('a host that says that it is the standby of the files gets them', () => {
    expect(say('standby').status).toBe(0)
    expect(run().status).toBe(0)
    expect(last()).toMatchObject({ result: 'ok' })
    expect(wasCopied()).toBe(true)
  })

  test.each([
    ['says that it is the primary', () => say('primary'), 'this host is the primary of the files'],
    ['was the primary', () => say('former'), 'no file says that this host is the standby of the files'],
    ['says nothing', () => undefined, 'no file says that this host is the standby of the files'],
    [
      'says something else',
      () => put(fileRolePath(standby()), 'standby too\n'),
      'no file says that this host is the standby of the files',
    ],
  ])('a host that %s gets none, whatever its PostgreSQL is', (_, arrange, reason) => {
    arrange()
    expect(run().status).toBe(0)
    expect(last()).toMatchObject({ result: 'skipped-role', reason })
    run('--first')
    expect(wasCopied()).toBe(false)
  })
})

describe('the first copy', () => {
  test('makes the directory, deletes nothing and shows its progress', () => {
    rmSync(target(), { recursive: true })
    expect(run('--first').status).toBe(0)
    expect(existsSync(target())).toBe(true)
    expect(given().some((word) => word.startsWith('--delete') || word.startsWith('--max-delete'))).toBe(false)
    expect(given()).toContain('--info=progress2')
  })

  test('goes only onto a standby, as every other', () => {
    roleIs('f')
    run('--first')
    expect(last().result).toBe('skipped-role')
    expect(wasCopied()).toBe(false)
  })
})

test('settings are data: what looks like a command in them is never executed', () => {
  const conf = `${settingsDirectory(sync.places.standby)}/pair.conf`
  writeFileSync(conf, `${readFileSync(conf, 'utf8')}delete_max=$(touch ${inHome('pwned')})\n`)
  run()
  expect(existsSync(inHome('pwned'))).toBe(false)
  expect(given()).toContain(`--max-delete=$(touch ${inHome('pwned')})`)
})
