import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { endCopies } from '@/lib/commands/sync-runs'
import { FolderRunner } from '@/test/harness/folder-runner'

/** The streams of a first copy, in a real shell, with a stand-in for rsync. Real copies by the real rsync are proved in the lab. */
let at: FolderRunner
beforeEach(() => {
  at = new FolderRunner()
})
afterEach(() => at.dispose())

const borders = ['64', '4096'] as const

/** Each rsync leaves its arguments in `given.NUMBER`; then a stream does the one thing, the copy after all streams the other. */
const rsyncDoes = (stream: string, last = 'exit 0') =>
  at.standIn(
    'rsync',
    `cd '${at.home}' || exit 1
printf '%s\\n' "$@" >given.$$
case " $* " in *' --min-size='*) ${stream} ;; *) ${last} ;; esac`,
  )
const copies = () =>
  readdirSync(at.home)
    .filter((name) => name.startsWith('given.'))
    .map((name) => readFileSync(at.inHome(name), 'utf8').trimEnd().split('\n'))
const rangeOf = (words: readonly string[]) =>
  words.filter((word) => /^--(min|max)-size=/.test(word)).join(' ')
const isStream = (words: readonly string[]) => rangeOf(words) !== ''
/** Process ids of the streams that have begun. */
const begun = () => readdirSync(at.home).flatMap((name) => /^began\.(\d+)$/.exec(name)?.[1] ?? [])
const hang = ': >began.$$; exec sleep 600'

/** A first copy all of whose streams hang. */
async function startHanging(): Promise<{ runner: ChildProcess; ended: Promise<unknown[]> }> {
  rsyncDoes(hang)
  const runner = spawn(at.program, ['ledger', 'vault', '--first', ...borders], { stdio: 'ignore' })
  const ended = once(runner, 'exit')
  await awaitFact('all streams', async () => begun().length === borders.length + 1)
  return { runner, ended }
}

describe('a first copy with sizes to part its files at', () => {
  test('has a stream for each range, which leave no size out and have none twice, and one copy of everything after them', () => {
    rsyncDoes('exit 0')
    expect(at.run('--first', ...borders).status).toBe(0)
    expect(copies().map(rangeOf).toSorted()).toEqual([
      '',
      '--min-size=0 --max-size=64',
      '--min-size=4097',
      '--min-size=65 --max-size=4096',
    ])
    for (const words of copies()) {
      expect(words).toEqual(expect.arrayContaining(['-aHAX', '--numeric-ids', '--backup']))
      expect(words.slice(-2)).toEqual(['phantom@[10.0.0.1]:vault/', `${at.target}/`])
      expect(words.filter((word) => word.startsWith('--delete') || word.startsWith('--max-delete'))).toEqual(
        [],
      )
      // Links and devices have no size to part them by: two streams would make each twice.
      const left = ['--no-links', '--no-devices', '--no-specials'].filter((word) => words.includes(word))
      expect(left).toHaveLength(isStream(words) ? 3 : 0)
    }
  })

  test('has all streams at work at once, and begins the last copy when the last of them has ended', () => {
    rsyncDoes(
      `: >began.$$; until [ "$(ls began.* | wc -l)" = ${borders.length + 1} ]; do sleep 0.01; done; : >ended.$$`,
      'ls ended.* | wc -l >ended-before',
    )
    expect(at.run('--first', ...borders).status).toBe(0)
    expect(readFileSync(at.inHome('ended-before'), 'utf8').trim()).toBe('3')
  })

  test('is recorded once, with the files and bytes of all its streams', () => {
    rsyncDoes("echo '>f+++++++++ 10'; echo '>f+++++++++ 1'", "echo '>f.st...... 100'")
    at.run('--first', ...borders)
    expect(at.records()).toMatchObject([{ result: 'ok', files: 7, bytes: 133 }])
    expect(readdirSync(at.runs).toSorted()).toEqual([
      '.turn-1',
      'vault.good',
      'vault.jsonl',
      'vault.last',
      'vault.lock',
    ])
  })

  test('is as good as its last copy: what a stream could not do is told in the log, and done by that', () => {
    rsyncDoes("echo 'rsync: mkstemp: Permission denied' >&2; exit 23")
    expect(at.run('--first', ...borders).status).toBe(0)
    expect(at.last()).toMatchObject({ result: 'ok', exitCode: 0, reason: '' })
    expect(at.log()).toContain('vault: stream 2: rsync: mkstemp: Permission denied\n')
    rsyncDoes('exit 0', "echo 'rsync: write failed' >&2; exit 11")
    expect(at.run('--first', ...borders).status).toBe(1)
    expect(at.last()).toMatchObject({ result: 'failed-write', exitCode: 11, reason: 'rsync: write failed' })
  })

  test('is not begun on a host that is no standby', () => {
    rsyncDoes('exit 0')
    at.roleIs('f')
    at.run('--first', ...borders)
    expect(at.last().result).toBe('skipped-role')
    expect(copies()).toEqual([])
  })

  test('is ended whole, with all its streams, and recorded once', async () => {
    const { ended } = await startHanging()
    expect(spawnSync('/bin/sh', ['-c', endCopies(at.sync.places.standby, ['vault']).text]).status).toBe(0)
    expect(await ended).toEqual([143, null])
    expect(begun().filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
    expect(at.records()).toMatchObject([{ result: 'failed', exitCode: 143 }])
    expect(copies().filter((words) => !isStream(words))).toEqual([])
    expect(readdirSync(at.runs).toSorted()).toEqual(['.turn-1', 'vault.jsonl', 'vault.last', 'vault.lock'])
  })

  test('takes its streams with it when the program alone is told to end', async () => {
    const { runner, ended } = await startHanging()
    runner.kill('SIGTERM')
    expect(await ended).toEqual([143, null])
    await awaitFact('no stream', async () => !begun().some((pid) => existsSync(`/proc/${pid}`)))
  })

  test('that was killed leaves streams which keep the next one waiting, and nothing that it would count', async () => {
    const { runner, ended } = await startHanging()
    runner.kill('SIGKILL')
    await ended
    at.put(join(at.runs, 'vault.items.9'), '>f+++++++++ 5\n')
    rsyncDoes('exit 0')
    at.run()
    expect(at.last().result).toBe('skipped-overlap')
    for (const pid of begun()) process.kill(Number(pid), 'SIGKILL')
    await awaitFact('no stream', async () => !begun().some((pid) => existsSync(`/proc/${pid}`)))
    at.run('--first')
    expect(at.last()).toMatchObject({ result: 'ok', files: 0, bytes: 0 })
    expect(readdirSync(at.runs).filter((name) => name.includes('items'))).toEqual([])
  })
})

test.each([[['x']], [['64', '1;2']], [['-1']], [['64', '$(id)']], [['1e9']]])(
  '%j are no sizes: nothing is copied',
  (wrong) => {
    rsyncDoes('exit 0')
    const { status, stderr } = at.run('--first', ...wrong)
    expect(status).toBe(2)
    expect(stderr).toContain('understudy-sync: not sizes: ')
    expect(copies()).toEqual([])
  },
)

test('only a first copy is parted: every other is one rsync, which deletes what the primary lacks', () => {
  rsyncDoes('exit 0')
  at.run('--now', ...borders)
  expect(copies().map(rangeOf)).toEqual([''])
  expect(copies()[0]).toContain('--delete-delay')
})

test.each([
  ['has instructions for AES', 'flags\t\t: fpu vme aes xsave', /^aes128-gcm@.*,chacha20-.*,aes256-ctr$/],
  ['has them as the last that it names', 'Features\t: fp asimd aes', /^aes128-gcm@/],
  ['has none', 'flags\t\t: fpu vme aesthetic', /^chacha20-poly1305@openssh\.com,aes128-gcm@/],
  ['does not tell what it has', '', /^aes128-gcm@/],
])('of the ciphers the fastest is asked for first, where the processor %s', (_, says, ciphers) => {
  at.standIn('grep', `printf '%s' '${says}'`)
  at.run()
  const ssh = at.given()[at.given().indexOf('-e') + 1]
  expect(/ -c (\S+)/.exec(ssh ?? '')?.[1]).toMatch(ciphers)
})
