import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { runNow } from '@/lab/run-command'
import { binPath, scheduleFiles } from '@/lib/commands/sync'
import {
  copyGraceMs,
  endCopies,
  firstCopy,
  pullNow,
  startSchedule,
  stopSchedule,
} from '@/lib/commands/sync-runs'
import { putTargetAside } from '@/lib/commands/sync-targets'
import { rootPlaces } from '@/test/harness/places'
import { readRuns, runOn, setRole, setUpSync, syncBetween, tryOn, writeOn } from '@/test/harness/sync-hosts'

const vault = '/srv/ledger/vault'

let lab: Lab
let primary: LabHost
let standby: LabHost
const sync = () => syncBetween(primary, standby)
const at = rootPlaces('ledger')
const pull = (id = 'vault') => tryOn(standby, pullNow(at, id))
const lastRun = async (id = 'vault') => (await readRuns(standby, sync()))[id]?.lastRun
const list = (host: LabHost) =>
  host.exec(`cd ${vault} && find . -not -name '*.new' -printf '%p %U:%G %m %s %y\\n' | sort`)

beforeAll(async () => {
  lab = await startLab({ writing: [] })
  primary = lab.host(0)
  standby = lab.host(1)
  await setRole(standby, 'standby')
  await setUpSync(sync(), primary, standby)
  for (const { id, path } of sync().directories) {
    await runOn(standby, putTargetAside(at, { id, path, staysInPlace: false }, 'a1b2c3d4'))
    await runOn(standby, firstCopy(at, id))
  }
})
afterAll(async () => {
  await lab.down()
})

describe('a copy', () => {
  test('brings every file with owner, mode, times, links, attributes and any name', async () => {
    await primary.exec(`cd ${vault} && mkdir -p odd && cd odd && umask 027 &&
      echo one > 'with space' && echo two > "quote'\\"$(id)" && echo three > "$(printf 'new\\nline')" && echo four > -rf &&
      ln -f 'with space' hard && ln -sfn /nowhere soft && chown 12345:54321 hard && chmod 4711 -- -rf && touch -d 2001-02-03 soft`)
    expect((await pull()).exitCode).toBe(0)
    expect(await list(standby)).toBe(await list(primary))
    expect(await standby.exec(`stat -c %h '${vault}/odd/with space'`)).toBe('2')
    const run = await lastRun()
    expect(run).toMatchObject({ result: 'ok', exitCode: 0, deletions: 0, reason: '' })
    expect(run?.files).toBe(4)
  })

  test('brings names of any bytes, and takes them away again', async () => {
    const names = [
      'bad-\\377\\376-utf8',
      'tab\\tbell\\007',
      'back\\\\slash',
      'star*?[a]',
      ' leading and trailing ',
      '~tilde#hash',
      '\\033[31mred',
      'ž'.repeat(127),
    ]
    await primary.exec(
      `mkdir -p ${vault}/any && cd ${vault}/any && for name in ${names.map((name) => `'${name}'`).join(' ')}; do n="$(printf "$name")" && mkdir -- "./$n" && echo x > "./$n/$n"; done`,
    )
    const sum = `cd ${vault} && find . -not -name '*.new' -print0 | sort -z | sha256sum`
    expect((await pull()).exitCode).toBe(0)
    expect(await standby.exec(`ls ${vault}/any | wc -l`)).not.toBe('0')
    expect(await standby.exec(sum)).toBe(await primary.exec(sum))
    expect(await lastRun()).toMatchObject({ result: 'ok', files: names.length })
    await primary.exec(`rm -r ${vault}/any`)
    expect((await pull()).exitCode).toBe(0)
    expect(await standby.exec(sum)).toBe(await primary.exec(sum))
  })

  test('of a directory that is written to meanwhile ends well: what vanishes, grows or changes is no failure', async () => {
    await standby.exec('sed -i s/^delete_max=.*/delete_max=9000/ /etc/understudy/ledger/pair.conf')
    await primary.exec(`mkdir ${vault}/busy && cd ${vault}/busy && seq 3000 | xargs touch`)
    const writing = primary.tryExec(
      `cd ${vault}/busy; n=0; while [ ! -e /root/stop ]; do n=$((n + 1)); echo $n >> grows; echo $n > changing; mv changing changes
       for i in 1 2 3 4 5 6 7 8 9; do rm -f $(((n * 9 + i) % 3000)) new-$((n - 1))-$i; : > new-$n-$i; done; done`,
      { timeoutMs: 120_000 },
    )
    for (let round = 0; round < 6; round += 1) {
      await pull()
      expect(await lastRun()).toMatchObject({ result: 'ok' })
    }
    await primary.exec('touch /root/stop')
    await writing
    await pull()
    expect(await list(standby)).toBe(await list(primary))
    await primary.exec(`rm -r ${vault}/busy /root/stop`)
    await pull()
    await standby.exec('sed -i s/^delete_max=.*/delete_max=1000/ /etc/understudy/ledger/pair.conf')
  })

  test('is told in the directory’s log, line by line', async () => {
    const log = await standby.exec('cat /var/log/ledger/rsync_vault.log')
    expect(log).toMatch(/>f\+{9} \d+ odd\/with space$/m)
    expect(log).toMatch(/^\S+Z vault: ok \(4 files, \d+ bytes, 0 deleted\)$/m)
  })

  test('leaves what was put aside as it was', async () => {
    const rows = await standby.exec(`ls -R ${vault}.understudy-a1b2c3d4 | grep -c before-2-`)
    expect(rows).toBe('20')
  })
})

describe('nothing is lost', () => {
  const victim = `${vault}/precious`
  beforeEach(async () => {
    await setRole(standby, 'standby')
    await primary.exec(`echo first > ${victim}`)
    await pull()
    expect(await standby.exec(`cat ${victim}`)).toBe('first')
  })

  test('when a file is deleted or overwritten on the primary: the bin has it', async () => {
    await primary.exec(`echo second, longer > ${victim}`)
    await pull()
    await primary.exec(`rm ${victim}`)
    await pull()
    expect(await lastRun()).toMatchObject({ result: 'ok', deletions: 1 })
    expect((await standby.tryExec(`cat ${victim}`)).exitCode).not.toBe(0)
    const [directory] = sync().directories
    if (!directory) throw new Error('no directory')
    const bin = binPath(sync(), directory)
    expect(await standby.exec(`cat ${bin}/20*/*/precious`)).toBe('first\nsecond, longer')
    await standby.exec(`rm -r ${bin}`)
  })

  test('when the primary’s directory is empty because its file system is not mounted', async () => {
    await primary.exec(`mount -t tmpfs tmpfs ${vault}`)
    expect((await pull()).exitCode).not.toBe(0)
    expect(await lastRun()).toMatchObject({ result: 'failed-source', deletions: 0 })
    expect((await lastRun())?.reason).toContain('is empty, not mounted or another one')
    expect(await standby.exec(`cat ${victim}`)).toBe('first')
    await primary.exec(`umount ${vault}`)
    expect((await pull()).exitCode).toBe(0)
  })

  test('when this host has become a writable primary', async () => {
    await setRole(standby, 'primary')
    await standby.exec(`echo written here > ${victim}; echo new > ${vault}/only-here`)
    expect((await pull()).exitCode).toBe(0)
    expect(await lastRun()).toMatchObject({
      result: 'skipped-role',
      reason: 'PostgreSQL of this host is a writable primary',
    })
    expect(await standby.exec(`cat ${victim} ${vault}/only-here`)).toBe('written here\nnew')
    await standby.exec(`rm ${vault}/only-here`)
  })

  test('when this host’s PostgreSQL is stopped or hangs, so that its role is not known', async () => {
    await standby.exec(`echo written here > ${victim}`)
    await standby.stopPostgres()
    await pull()
    expect((await lastRun())?.result).toBe('skipped-role')
    await standby.startPostgres()
    const thaw = await standby.freezePostgres()
    await pull()
    expect(await lastRun()).toMatchObject({
      result: 'skipped-role',
      reason: 'PostgreSQL of this host does not say that it is a standby',
    })
    await thaw()
    expect(await standby.exec(`cat ${victim}`)).toBe('written here')
  })

  test('when more files are missing on the primary than may be deleted at once', async () => {
    await primary.exec(`mkdir ${vault}/many && cd ${vault}/many && seq 40 | xargs touch`)
    await pull()
    await standby.exec('sed -i s/^delete_max=.*/delete_max=5/ /etc/understudy/ledger/pair.conf')
    await primary.exec(`rm -r ${vault}/many`)
    expect((await pull()).exitCode).not.toBe(0)
    expect(await lastRun()).toMatchObject({
      result: 'failed-deletions',
      deletions: 5,
      reason: 'the primary lacks more than 5 files that are here',
    })
    const kept = Number(await standby.exec(`find ${vault}/many -type f | wc -l`))
    const inBin = Number(
      await standby.exec(`find /srv/ledger/.understudy-bin-ledger/vault -path '*/many/*' -type f | wc -l`),
    )
    expect(kept).toBeGreaterThanOrEqual(35)
    expect(kept + inBin).toBe(40)
    await standby.exec('sed -i s/^delete_max=.*/delete_max=1000/ /etc/understudy/ledger/pair.conf')
    await pull()
  })

  test('when the directory here is not the one that was filled', async () => {
    await standby.exec(`mv ${vault} ${vault}.elsewhere && mkdir ${vault} && echo other > ${vault}/other`)
    expect((await pull()).exitCode).not.toBe(0)
    expect((await lastRun())?.result).toBe('failed-target')
    expect(await standby.exec(`ls ${vault}`)).toBe('other')
    await standby.exec(`rm -r ${vault} && mv ${vault}.elsewhere ${vault}`)
  })

  test('when the disk here is full: what was there stays whole, and the next copy ends well', async () => {
    await standby.limitDisk(vault, 8)
    const undo = await standby.fillDisk(vault)
    await primary.exec(`seq 100000 > ${victim}`)
    expect((await pull()).exitCode).not.toBe(0)
    expect((await lastRun())?.result).toBe('failed-write')
    expect(await standby.exec(`cat ${victim}`)).toBe('first')
    await undo()
    expect((await pull()).exitCode).toBe(0)
    expect(await standby.exec(`tail -n 1 ${victim}`)).toBe('100000')
    await standby.exec(`umount ${vault}`)
  })

  test('when another machine answers at the primary’s address', async () => {
    await standby.exec('cp /etc/understudy/ledger/known_hosts /root/kept')
    await standby.exec(
      `echo '${primary.address} ${standby.hostKey}' > /etc/understudy/ledger/known_hosts && echo changed > ${victim}`,
    )
    expect((await pull()).exitCode).not.toBe(0)
    expect((await lastRun())?.result).toBe('failed-connection')
    expect(await standby.exec(`cat ${victim}`)).toBe('changed')
    await standby.exec('cp /root/kept /etc/understudy/ledger/known_hosts')
  })

  test('when one copy still runs: the next one is skipped, and counted as no failure', async () => {
    await standby.exec('cp -a /etc/understudy/ledger/pair.conf /root/pair.conf')
    const undo = await primary.dropPort(22, standby.address)
    const first = standby.tryExec('/usr/local/lib/understudy/understudy-sync ledger vault')
    await awaitFact('a running copy', async () => (await readRuns(standby, sync())).vault?.isRunning)
    await standby.exec('/usr/local/lib/understudy/understudy-sync ledger vault')
    expect((await readRuns(standby, sync())).vault).toMatchObject({
      lastRun: { result: 'skipped-overlap', overlaps: 1 },
      failuresSinceGood: 0,
      isRunning: true,
    })
    expect((await first).exitCode).not.toBe(0)
    expect((await readRuns(standby, sync())).vault).toMatchObject({
      lastRun: { result: 'failed-connection', overlaps: 1 },
      failuresSinceGood: 1,
      isRunning: false,
    })
    await undo()
    await pull()
    expect(await lastRun()).toMatchObject({ result: 'ok', overlaps: 0 })
  })

  test('what the bin has kept for its days goes, and nothing else', async () => {
    const [directory] = sync().directories
    if (!directory) throw new Error('no directory')
    const bin = binPath(sync(), directory)
    await standby.exec(
      `for name in 2001-02-03 2001-02-04 of-somebody; do mkdir -p ${bin}/$name && echo kept > ${bin}/$name/file; done
       touch -d '15 days ago' ${bin}/2001-02-03 ${bin}/of-somebody; touch -d '13 days ago' ${bin}/2001-02-04`,
    )
    await pull()
    expect(await standby.exec(`ls ${bin} | grep -v ^20[2-9]`)).toBe('2001-02-04\nof-somebody')
    await standby.exec(`rm -r ${bin}`)
  })

  test('a copy whose process was killed is not taken for running', async () => {
    const undo = await primary.dropPort(22, standby.address)
    const killed = standby.tryExec('/usr/local/lib/understudy/understudy-sync ledger vault')
    await awaitFact('a running copy', async () => (await readRuns(standby, sync())).vault?.isRunning)
    await standby.exec('pkill -KILL understudy-sync; pkill -KILL -x rsync; pkill -KILL -x ssh; true')
    await killed
    expect((await readRuns(standby, sync())).vault?.isRunning).toBe(false)
    await undo()
    expect((await pull()).exitCode).toBe(0)
  })

  test('a copy can be ended, at once, and none runs after it', async () => {
    const undo = await primary.dropPort(22, standby.address)
    const ended = standby.tryExec('/usr/local/lib/understudy/understudy-sync ledger vault')
    await awaitFact('a running copy', async () => (await readRuns(standby, sync())).vault?.isRunning)
    await runOn(standby, endCopies(at, ['vault', 'etc']))
    expect((await readRuns(standby, sync())).vault?.isRunning).toBe(false)
    await ended
    expect((await standby.tryExec('pgrep -x rsync')).exitCode).toBe(1)
    await undo()
  })
})

describe('the schedule', () => {
  test('cron copies each directory by itself; stopped, it does not', async () => {
    await setRole(standby, 'standby')
    await writeOn(standby, scheduleFiles(sync()))
    await standby.exec('logrotate --debug /etc/logrotate.d/understudy-ledger')
    await primary.exec(`echo by cron > ${vault}/by-cron`)
    await awaitFact(
      'a copy by cron',
      async () => (await standby.tryExec(`cat ${vault}/by-cron`)).exitCode === 0,
      {
        timeoutMs: 90_000,
        everyMs: 1_000,
      },
    )
    await runOn(standby, stopSchedule(at, ['vault', 'etc'], copyGraceMs.dead))
    expect((await standby.tryExec('ls /etc/cron.d/understudy-ledger')).exitCode).not.toBe(0)
    await runOn(standby, startSchedule(at))
    expect(await standby.exec('ls /etc/cron.d/understudy-ledger')).toBe('/etc/cron.d/understudy-ledger')
    await runOn(standby, stopSchedule(at, ['vault', 'etc'], copyGraceMs.dead))
  })
})

test('logs and records are rotated, no line of them is lost, and the last runs stay known', async () => {
  await setRole(standby, 'standby')
  await writeOn(standby, scheduleFiles(sync()))
  await standby.exec('rm /etc/cron.d/understudy-ledger')
  const log = '/var/log/ledger/rsync_vault.log'
  const records = '/var/lib/understudy/ledger/runs/vault.jsonl'
  const before = await standby.exec(`cat ${log} ${records}`)
  const known = await readRuns(standby, sync())
  await standby.exec('logrotate -f /etc/logrotate.d/understudy-ledger')
  expect(await standby.exec(`cat ${log}.1 ${records}.1`)).toBe(before)
  expect(await readRuns(standby, sync())).toEqual(known)
  await primary.exec(`echo rotated > ${vault}/rotated`)
  expect((await pull()).exitCode).toBe(0)
  expect(await standby.exec(`cat ${log}`)).toContain('rotated')
  expect(await standby.exec(`wc -l < ${records}`)).toBe('1')
  await standby.exec('logrotate -f /etc/logrotate.d/understudy-ledger')
  expect(await standby.exec(`zcat ${log}.2.gz ${records}.2.gz`)).toBe(before)
})

test('a login user with sudo is as good as root on the primary', async () => {
  const asOperator = syncBetween(primary, standby, {
    slug: 'second',
    primary: { ...sync().primary, user: 'operator' },
  })
  await setUpSync(asOperator, primary, standby)
  await primary.exec(`echo secret > ${vault}/for-root && chmod 600 ${vault}/for-root`)
  expect(await tryOn(standby, pullNow(rootPlaces('second'), 'vault'))).toMatchObject({ exitCode: 0 })
  expect(await standby.exec(`cat ${vault}/for-root`)).toBe('secret')
})

test('nested directories are each carried by their own copy', async () => {
  await primary.exec(
    'mkdir -p "/srv/nest/in*er [1]" /srv/nest/inner && echo a > /srv/nest/a && echo b > "/srv/nest/in*er [1]/b" && echo c > /srv/nest/inner/c',
  )
  const directory = { title: 'Nest', log: 'nest.log', schedule: '* * * * *' }
  const nested = syncBetween(primary, standby, {
    slug: 'nest',
    directories: [
      { ...directory, id: 'outer', path: '/srv/nest' },
      { ...directory, id: 'inner', path: '/srv/nest/in*er [1]' },
    ],
  })
  await setUpSync(nested, primary, standby)
  await runOn(standby, firstCopy(rootPlaces('nest'), 'outer'))
  expect(await standby.exec('cd /srv/nest && find . -type f | sort')).toBe(
    './.understudy-source\n./a\n./inner/c',
  )
  await runOn(standby, firstCopy(rootPlaces('nest'), 'inner'))
  expect(await standby.exec('cat "/srv/nest/in*er [1]/b"')).toBe('b')
  await runOn(standby, pullNow(rootPlaces('nest'), 'outer'))
  expect(await standby.exec('cat "/srv/nest/in*er [1]/b"')).toBe('b')
})

test('the programs are clean for shellcheck', () => {
  expect(runNow('sh', ['-c', 'shellcheck host/*'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(readFileSync('host/understudy-sync', 'utf8')).toMatch(/^#!\/bin\/sh\n/)
})
