import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { endCopies, firstCopy, pullNow, repairFiles } from '@/lib/commands/sync-runs'
import { putTargetAside } from '@/lib/commands/sync-targets'
import { damageFile, verifyingOn, verifyNow } from '@/test/harness/damage'
import { rootPlaces } from '@/test/harness/places'
import { readRuns, runOn, setRole, setUpSync, syncBetween, tryOn } from '@/test/harness/sync-hosts'

/** The program that verifies, with the real rsync, between real hosts. */
const vault = '/srv/ledger/vault'
const at = rootPlaces('ledger')
const conf = '/etc/understudy/ledger/pair.conf'

let lab: Lab
let primary: LabHost
let standby: LabHost
const sync = () => syncBetween(primary, standby)
const found = async () => (await readRuns(standby, sync())).vault?.verification
const copy = () => runOn(standby, pullNow(at, 'vault'))

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
beforeEach(async () => {
  await setRole(standby, 'standby')
  await copy()
})

test('what is the same on both hosts is verified, all of it', async () => {
  await verifyNow(standby)
  const verification = await found()
  expect(verification).toMatchObject({ result: 'ok', reason: '', suspects: 0, differs: 0 })
  const files = Number(await standby.exec(`find ${vault} -type f | wc -l`))
  expect(verification?.files).toBe(files)
  expect(verification?.pass).toMatchObject({ files, bytes: verification?.bytes, endedAt: expect.any(String) })
})

test('files whose content alone differs are named, whatever their names are, and a repair pulls them and nothing else', async () => {
  await primary.exec(
    `mkdir -p ${vault}/odd && cd ${vault}/odd && for name in "quote'\\"\\$(id)" 'with space ' 'br[ac]k*' ž -rf "$(printf 'new\\nline')"; do echo right > "./$name"; done`,
  )
  await copy()
  await standby.exec(
    `cd ${vault}/odd && for name in ./*; do touch -r "$name" /tmp/kept && printf W | dd of="$name" bs=1 count=1 conv=notrunc status=none && touch -r /tmp/kept "$name"; done`,
  )
  await copy()
  await verifyNow(standby)
  const verification = await found()
  expect(verification?.differs).toBe(6)
  expect(verification?.names.toSorted()).toEqual(
    [
      'odd/-rf',
      'odd/br[ac]k*',
      'odd/new\\#012line',
      'odd/quote\'"$(id)',
      'odd/with space ',
      'odd/\\#305\\#276',
    ].toSorted(),
  )
  await primary.exec(`echo changed-meanwhile > ${vault}/not-asked`)
  const listed = verification?.names ?? []
  await runOn(standby, repairFiles(at, 'vault', listed))
  expect(await found()).toMatchObject({ differs: 0, suspects: 0 })
  expect(await standby.exec(`cd ${vault}/odd && cat ./* | sort -u`)).toBe('right')
  expect((await standby.tryExec(`test -e ${vault}/not-asked`)).exitCode).toBe(1)
  expect(await standby.exec('cat /srv/ledger/.understudy-bin-ledger/vault/20*/*/odd/*')).toMatch(
    /^(Wight\n?){6}$/,
  )
  expect((await readRuns(standby, sync())).vault?.lastGoodRun?.files).not.toBe(6)
})

test('a file that is always being written at the source raises no alarm, and is named as soon as it is still and really differs', async () => {
  await primary.exec(`head -c 4000000 /dev/zero > ${vault}/busy`)
  await copy()
  // In place and of one size, as a database's file: only time and content change.
  await primary.exec(
    `setsid sh -c 'echo $$ > /tmp/writer; while :; do head -c 4000000 /dev/urandom | dd of=${vault}/busy bs=64K conv=notrunc status=none; sleep 0.1; done' >/dev/null 2>&1 </dev/null &`,
  )
  for (let round = 0; round < 3; round++) {
    await verifyNow(standby)
    expect((await found())?.names).not.toContain('busy')
  }
  // A last write in the second of a copy before it would truly stay unseen by every copy: the next test is about that.
  await primary.exec(`kill -KILL -- -$(cat /tmp/writer); touch ${vault}/busy`)
  await copy()
  await verifyNow(standby)
  expect(await found()).toMatchObject({ differs: 0, suspects: 0 })
  await damageFile(standby, `${vault}/busy`)
  await verifyNow(standby)
  expect(await found()).toMatchObject({ differs: 1, names: ['busy'] })
  await runOn(standby, repairFiles(at, 'vault', ['busy']))
})

test('what was written at the source in the second of the last copy, with the same size, is found: no copy sees it', async () => {
  const write = (word: string, fraction: string) =>
    primary.exec(
      `echo ${word} > ${vault}/second && touch -d '2026-01-02 03:04:05.${fraction}' ${vault}/second`,
    )
  await write('one', '1')
  await copy()
  await write('two', '9')
  await copy()
  expect(await standby.exec(`cat ${vault}/second`)).toBe('one')
  await verifyNow(standby)
  expect(await found()).toMatchObject({ differs: 1, names: ['second'] })
  await runOn(standby, repairFiles(at, 'vault', ['second']))
  expect(await standby.exec(`cat ${vault}/second`)).toBe('two')
})

describe('the limits', () => {
  const large = 600_000_000
  const { program, slug } = { program: '/usr/local/lib/understudy/understudy-verify', slug: 'ledger' }
  beforeAll(async () => {
    await primary.exec(`for n in 1 2; do head -c ${large / 2} /dev/urandom > ${vault}/large-$n; done`)
    await copy()
  })
  afterAll(async () => {
    await primary.exec(`rm -f ${vault}/large-*`)
  })

  /** Niceness by /proc (proc_pid_stat(5), field 19) and class of the disk's scheduler of every rsync. */
  const prioritiesOf = async (host: LabHost) => {
    const { stdout } = await host.tryExec(
      `for pid in $(pgrep -x rsync); do set -- $(sed 's/.*) //' /proc/$pid/stat 2>/dev/null); echo "\${17:-} $(ionice -p $pid)"; done`,
    )
    return stdout
      .trim()
      .split('\n')
      .filter((line) => /^-?\d+ \w/.test(line))
  }

  test('hold on both hosts: every process that reads has the lowest priority of processor and disk', async () => {
    const running = standby.tryExec(`${program} ${slug} --now`)
    const seen = await awaitFact(
      'both hosts reading',
      async () => {
        const here = await prioritiesOf(standby)
        const there = await prioritiesOf(primary)
        return here.length > 0 && there.length > 0 ? [...here, ...there] : null
      },
      { timeoutMs: 60_000, everyMs: 20 },
    )
    expect(new Set(seen)).toEqual(new Set(['19 idle']))
    await runOn(standby, endCopies(at, ['vault']))
    await running
  })

  test('hold for the rate: two slices are not read faster than it allows', async () => {
    await standby.exec(
      `sed -i s/^verify_rate=.*/verify_rate=30/ ${conf}; rm -f ${verifyingOn(standby).runs}/vault.verify`,
    )
    const begun = performance.now()
    await standby.exec(`${program} ${slug} --now`)
    // What follows the first of the two waits until that would have been read at this rate; clocks count whole seconds.
    expect(performance.now() - begun).toBeGreaterThan((large / 2 / 30e6 - 2) * 1_000)
    await standby.exec(`sed -i s/^verify_rate=.*/verify_rate=50/ ${conf}`)
  })
})

test('nothing is compared or repaired on a host that has become a writable primary', async () => {
  await primary.exec(`echo theirs > ${vault}/whose`)
  await copy()
  await setRole(standby, 'primary')
  await standby.exec(`echo ours > ${vault}/whose; /usr/local/lib/understudy/understudy-verify ledger --now`)
  expect(await found()).toMatchObject({
    result: 'failed',
    reason: 'skipped-role: PostgreSQL of this host is a writable primary',
  })
  await tryOn(standby, repairFiles(at, 'vault', ['whose']))
  expect(await standby.exec(`cat ${vault}/whose`)).toBe('ours')
})

test('nothing is compared with an empty directory whose file system is not mounted on the primary', async () => {
  await primary.exec(`mount -t tmpfs tmpfs ${vault}`)
  await standby.exec('/usr/local/lib/understudy/understudy-verify ledger --now')
  expect(await found()).toMatchObject({
    result: 'failed',
    reason: expect.stringContaining('is empty, not mounted'),
  })
  await primary.exec(`umount ${vault}`)
})

test('a login user with sudo on the primary is enough for it', async () => {
  const asOperator = syncBetween(primary, standby, {
    slug: 'second',
    primary: { ...sync().primary, user: 'operator' },
  })
  await setUpSync(asOperator, primary, standby)
  await runOn(standby, pullNow(rootPlaces('second'), 'vault'))
  await standby.exec('/usr/local/lib/understudy/understudy-verify second --now')
  const verification = (await readRuns(standby, asOperator)).vault?.verification
  expect(verification).toMatchObject({ result: 'ok', differs: 0, pass: { endedAt: expect.any(String) } })
})
