import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Command } from '@/lib/commands/command'
import { writeFileCommand } from '@/lib/commands/file'
import { setFileRole } from '@/lib/commands/file-role'
import { makeFoldersFor, runnerFiles, type Sync, senderFile } from '@/lib/commands/sync'
import { addAuthorization, authorizedLine, ensureKey, makeAccessDirectory } from '@/lib/commands/sync-access'
import { endCopies, firstCopy, pullNow } from '@/lib/commands/sync-runs'
import { markSources } from '@/lib/commands/sync-sources'
import { pairPlaces } from '@/lib/domain/host-places'
import { readRuns, runOn, setRole, setUpSync, syncBetween, tryOn } from '@/test/harness/sync-hosts'

let lab: Lab
let primary: LabHost
let standby: LabHost
beforeAll(async () => {
  lab = await startLab({ writing: [] })
  primary = lab.host(0)
  standby = lab.host(1)
  await setRole(standby, 'standby')
})
afterAll(async () => {
  await lab.down()
})

const treeOf = (slug: string) => `/srv/${slug}/tree`

/** One directory of a pair of that name, as shell text makes it on the primary, ready to be copied. */
async function prepare(slug: string, text: string, more: Partial<Sync> = {}): Promise<Sync> {
  const path = treeOf(slug)
  await primary.exec(`mkdir -p ${path} && cd ${path} && umask 022 && ${text}`)
  const directory = { id: 'tree', title: 'Tree', path, log: `rsync_${slug}.log`, schedule: '* * * * *' }
  return syncBetween(primary, standby, { slug, directories: [directory], ...more })
}

/** Everything of a tree that a copy must bring: a line for each name, whatever is in it, and one sum of all contents. */
const list = (host: LabHost, slug: string) =>
  host.exec(`cd ${treeOf(slug)} && find . ! -name .understudy-source \\( -type d -printf 'd %U:%G %m %T@ %P\\0' -o \
    -printf '%y %U:%G %m %s %n %T@ %l %P\\0' \\) | sort -z | tr '\\n\\0' '\\001\\n'
  find . -type f -print0 | sort -z | xargs -0r sha256sum -z | sha256sum`)

/** Whole files of a tree, one line for each that is no other name of an earlier one; what rsync has not finished begins with a dot. */
const files = async (host: LabHost, slug: string): Promise<readonly string[]> =>
  (await host.exec(`cd ${treeOf(slug)} && find . -type f ! -name '.*' -printf '%i %T@ %s\\n' | sort -u`))
    .split('\n')
    .filter((line) => line !== '')

const lastRun = async (sync: Sync) => (await readRuns(standby, sync)).tree?.lastRun
const at = (sync: Sync) => sync.places.standby

describe('a first copy in several streams', () => {
  test('brings every name of every file once, and parts no hard links: also across directories, at the borders, and with names of any bytes', async () => {
    const sync = await prepare(
      'odd',
      `mkdir -p a/b c d && head -c 50 /dev/urandom >a/tiny && head -c 3000 /dev/urandom >a/small && head -c 2000000 /dev/urandom >c/large &&
ln a/tiny c/tiny-again && ln a/small a/b/small-again && ln c/large a/large-again && ln c/large "$(printf 'a/b/large\\nagain')" &&
printf x >"$(printf 'a/new\\nline')" && head -c 5000 /dev/urandom >"$(printf 'c/not\\377utf\\376')" && echo one >./-rf && echo two >'a/$(id) "quoted"' &&
: >empty && for size in 64 65 4096 4097; do head -c $size /dev/urandom >border-$size; done &&
ln -s /nowhere soft && ln -s a to-a && mkfifo pipe && mknod zero c 1 5 && truncate -s 3000000 d/sparse &&
chown 12345:54321 a/small c && chmod 4711 a/tiny && chmod 555 c && touch -h -d 2001-02-03 soft && touch -d 2002-03-04 a/b a c d`,
    )
    await setUpSync(sync, primary, standby)
    await runOn(standby, firstCopy(at(sync), 'tree', [64, 4096]))
    expect(await list(standby, 'odd')).toBe(await list(primary, 'odd'))
    const links = await standby.exec(
      `cd ${treeOf('odd')} && stat -c '%i %h' a/tiny c/tiny-again | sort -u; stat -c '%i %h' a/large-again c/large a/b/large* | sort -u`,
    )
    expect(links.split('\n').map((line) => line.split(' ')[1])).toEqual(['2', '3'])
    const run = await lastRun(sync)
    expect(run).toMatchObject({ result: 'ok', deletions: 0, reason: '' })
    const distinct = await primary.exec(
      `find ${treeOf('odd')} -type f -printf '%i %s\\n' | sort -u | awk '{ bytes += $2 } END { print NR, bytes }'`,
    )
    expect(`${run?.files} ${run?.bytes}`).toBe(distinct)
    expect(await standby.exec('cat /var/log/ledger/rsync_odd.log')).not.toMatch(/stream \d/)
  })

  test.each([
    ['has no file', 'none', 'mkdir -p a/b'],
    ['has one huge file', 'huge', 'head -c 100000000 /dev/urandom >huge'],
  ])('is the same for a directory that %s', async (_, slug, text) => {
    const sync = await prepare(slug, text)
    await setUpSync(sync, primary, standby)
    await runOn(standby, firstCopy(at(sync), 'tree', [4096, 1_000_000]))
    expect(await list(standby, slug)).toBe(await list(primary, slug))
    expect(await lastRun(sync)).toMatchObject({ result: 'ok' })
  })

  test('over what somebody else has copied before: what is there is not copied, what differs goes into the bin', async () => {
    const sync = await prepare(
      'over',
      'for n in 1 2 3 4; do head -c 3000 /dev/urandom >f$n; done && ln f1 again',
    )
    await setUpSync(sync, primary, standby)
    await primary.exec(`tar -C /srv/over -cf /root/over.tar tree`)
    const copied = await primary.exec('base64 -w 0 /root/over.tar')
    await standby.exec(
      'mkdir -p /srv/over && base64 -d >/root/over.tar && tar -C /srv/over -xpf /root/over.tar',
      {
        input: copied,
      },
    )
    await standby.exec(`cd ${treeOf('over')} && echo theirs >f2 && rm f3 && mkdir f4.d`)
    await runOn(standby, firstCopy(at(sync), 'tree', [64, 4096]))
    expect(await lastRun(sync)).toMatchObject({ result: 'ok', files: 2 })
    expect(await standby.exec('cat /srv/over/.understudy-bin-over/tree/20*/*/f2')).toBe('theirs')
    expect(await standby.exec(`cd ${treeOf('over')} && ls; stat -c %h again`)).toBe(
      'again\nf1\nf2\nf3\nf4\nf4.d\n2',
    )
  })
})

describe('a first copy that is broken off in the middle', () => {
  const killAll = 'pkill -KILL understudy-sync; pkill -KILL -x rsync; pkill -KILL -x ssh; true'
  test.each([
    ['killed', 'killed', async (_: Sync) => void (await standby.exec(killAll))],
    ['ended', 'ended', async (sync: Sync) => void (await runOn(standby, endCopies(at(sync), ['tree'])))],
  ])(
    'by being %s goes on where it stood: nothing that is there is copied again',
    async (_, slug, breakOff) => {
      const sync = await prepare(
        slug,
        `mkdir small large && for n in $(seq 300); do head -c 20000 /dev/urandom >small/f$n && ln small/f$n large/again$n; done &&
for n in $(seq 12); do head -c 1000000 /dev/urandom >large/f$n && ln large/f$n small/again-large$n; done`,
      )
      await setUpSync(sync, primary, standby)
      const isOver = new AbortController()
      const slow = await primary.slowLink(16_000)
      const copy = tryOn(standby, firstCopy(at(sync), 'tree', [65_536])).finally(() => isOver.abort())
      await awaitFact(
        'files of both streams',
        async () => {
          if (isOver.signal.aborted) throw new Error('the copy ended before it could be broken off')
          const { stdout } = await standby.tryExec(
            `cd ${treeOf(slug)} && find . -size -100k -name 'f*' | wc -l; find . -size +100k -name 'f*' | wc -l`,
          )
          const [small = 0, large = 0] = stdout.split('\n').map(Number)
          return small > 10 && large > 1
        },
        { timeoutMs: 30_000 },
      )
      await breakOff(sync)
      await copy
      expect((await standby.tryExec('pgrep -x rsync')).exitCode).toBe(1)
      await slow()
      await awaitFact('no sender', async () => (await primary.tryExec('pgrep -x rsync')).exitCode === 1)
      const before = await files(standby, slug)
      const wanted = await files(primary, slug)
      expect(before.length).toBeGreaterThan(10)
      expect(before.length).toBeLessThan(wanted.length)
      await runOn(standby, firstCopy(at(sync), 'tree', [65_536]))
      const run = await lastRun(sync)
      expect(run).toMatchObject({ result: 'ok' })
      // The mark is a file too; it may have come before.
      expect([0, 1]).toContain((run?.files ?? 0) - (wanted.length - before.length))
      expect(await files(standby, slug)).toEqual(expect.arrayContaining([...before]))
      // What a killed rsync had begun, the first of the ordinary copies takes away.
      await runOn(standby, pullNow(at(sync), 'tree'))
      expect(await list(standby, slug)).toBe(await list(primary, slug))
      expect(await lastRun(sync)).toMatchObject({ files: 0 })
    },
  )
})

test('without root, streams that are in each other’s way in directories which nobody may write in leave nothing out', async () => {
  const slug = 'plain'
  const places = pairPlaces({ privilege: 'unprivileged', user: 'plain', home: '/home/plain' }, slug)
  const sync = await prepare(
    slug,
    `for n in $(seq 40); do mkdir d$n && for size in 10 60 1000 4000 50000; do head -c $size /dev/urandom >d$n/f$size; done && ln d$n/f60 d$n/again && chmod 555 d$n; done &&
chown -R plain: /srv/plain`,
    {
      places: { primary: places, standby: places },
      primary: { address: primary.address, port: 22, user: 'plain', hostKey: primary.hostKey },
      database: null,
      logDirectory: '/home/plain/log',
    },
  )
  await standby.exec('install -d -o plain -g plain /srv/plain')
  const asPlain = (host: LabHost, command: Command) =>
    host.exec(command.text, { user: 'plain', input: command.stdin ?? '' })
  const write = async (host: LabHost, written: ReturnType<typeof runnerFiles>) => {
    await asPlain(host, makeFoldersFor(written, 'login'))
    for (const file of written) await asPlain(host, writeFileCommand(file, 'unprivileged'))
  }
  const publicKey = await asPlain(standby, ensureKey(places))
  await write(primary, [senderFile(places)])
  await asPlain(primary, markSources(sync, 'test'))
  await asPlain(primary, makeAccessDirectory(places, 'plain'))
  await asPlain(primary, addAuthorization(places, 'plain', authorizedLine(sync, publicKey)))
  await write(standby, runnerFiles(sync))
  await asPlain(standby, setFileRole(places, ['none'], 'standby'))
  await asPlain(standby, firstCopy(places, 'tree', [64, 4096]))
  expect(await list(standby, slug)).toBe(await list(primary, slug))
  expect(await lastRun(sync)).toMatchObject({ result: 'ok', deletions: 0 })
})
