import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GuardedProgram, GuardGround, guardedVault as vault } from '@/test/harness/guard-ground'
import { setRole } from '@/test/harness/sync-hosts'

/**
 * Every guard of the programs that copy, each tried twice on real hosts: with it nothing is lost, and without it, its own words taken
 * out of the installed program, the same danger loses data.
 */
let on: GuardGround
beforeAll(async () => {
  on = await GuardGround.open()
})
afterAll(() => on.close())

type Guard = {
  readonly program: GuardedProgram
  /** The program's text without the guard. */
  readonly without: (text: string) => string
  /** Brings the danger about, copies, and says whether something is lost. */
  readonly isLost: () => Promise<boolean>
}
const ofSync = (without: Guard['without'], isLost: Guard['isLost']): Guard => ({
  program: 'understudy-sync',
  without,
  isLost,
})
const ofSend = (without: Guard['without'], isLost: Guard['isLost']): Guard => ({
  program: 'understudy-send',
  without,
  isLost,
})
const cut =
  (pattern: RegExp | string, by = '') =>
  (text: string) =>
    text.replaceAll(pattern, () => by)

/** What an application has written on the host that it runs on by now. */
const writeHere = () =>
  on.standby.exec(`echo 'written here' > ${vault}/precious; echo new > ${vault}/only-here`)
const isOverwritten = async () =>
  !(await on.isSo(`[ "$(cat ${vault}/precious)" = 'written here' ] && [ -e ${vault}/only-here ]`))
const withoutMark = cut('[ "$found" = "$mark" ] ||', 'true ||')

const dangers: Readonly<Record<string, Guard>> = {
  'role check: this host has become a writable primary': ofSync(
    cut('role=$(ask_role)', 'role=t'),
    async () => {
      await setRole(on.standby, 'primary')
      await writeHere()
      await on.pull()
      return isOverwritten()
    },
  ),
  'role check: this host’s PostgreSQL is down, so that nobody knows': ofSync(
    cut('role=$(ask_role)', 'role=t'),
    async () => {
      await on.standby.stopPostgres()
      await writeHere()
      await on.pull()
      const isLost = await isOverwritten()
      await on.standby.startPostgres()
      return isLost
    },
  ),
  'role check: this host is promoted by hand while a copy runs': ofSync(
    cut('(watch_role &)', 'true'),
    async () => {
      await on.primary.exec(`echo 'of the old primary' > ${vault}/zz-later`)
      const { ended, fast } = await on.beginSlowCopy({ megabytes: 30, kbit: 16_000 })
      await on.standby.sql('select pg_promote()')
      await on.standby.exec(`echo 'written here' > ${vault}/zz-later`)
      await ended
      await fast()
      return !(await on.isSo(`grep -qx 'written here' ${vault}/zz-later`))
    },
  ),
  'source sentinel: the source is empty, because its file system is not mounted': ofSend(
    withoutMark,
    async () => {
      await on.primary.exec(`mount -t tmpfs tmpfs ${vault}`)
      await on.pull()
      return !(await on.isSo(`[ -e ${vault}/precious ]`))
    },
  ),
  'source sentinel: the source was replaced by a directory of another pair': ofSend(withoutMark, async () => {
    await on.primary.exec(
      `mv ${vault} ${vault}.away && mkdir ${vault} && echo other > ${vault}/other && echo 0a1b2c3d-other > ${vault}/.understudy-source`,
    )
    await on.pull()
    return !(await on.isSo(`[ -e ${vault}/precious ]`))
  }),
  'target: the directory here is not the one that the first copy filled': ofSync(
    cut('elif [ ! -e "$target/.understudy-source" ]; then', 'elif false; then'),
    async () => {
      await on.standby.exec(`mv ${vault} ${vault}.away && mkdir ${vault} && echo other > ${vault}/other`)
      await on.pull()
      return !(await on.isSo(`[ -e ${vault}/other ]`))
    },
  ),
  'deletion limit: more is missing on the primary than anybody deletes': ofSync(
    cut('--max-delete="$(setting delete_max)"'),
    async () => {
      for (const host of [on.primary, on.standby])
        await host.exec(`mkdir ${vault}/many && cd ${vault}/many && seq 40 | xargs touch -d 2020-01-01`)
      await on.standby.exec('sed -i s/^delete_max=.*/delete_max=5/ /etc/understudy/ledger/pair.conf')
      await on.primary.exec(`rm -r ${vault}/many`)
      await on.pull()
      return Number(await on.standby.exec(`find ${vault}/many -type f 2>/dev/null | wc -l`)) < 35
    },
  ),
  'bin: a file is overwritten on the primary by mistake': ofSync(
    cut(/--backup --backup-dir="[^"]*\$\(date[^)]*\)" /g),
    async () => {
      await on.primary.exec(`echo 'second, longer' > ${vault}/precious`)
      await on.pull()
      return !(await on.isSo('grep -rqx first /srv/guard'))
    },
  ),
  'bin: a file is deleted on the primary by mistake': ofSync(
    cut(/--backup --backup-dir="[^"]*\$\(date[^)]*\)" /g),
    async () => {
      await on.primary.exec(`rm ${vault}/precious`)
      await on.pull()
      return !(await on.isSo('grep -rqx first /srv/guard'))
    },
  ),
  'bin: it is a link to data of somebody else’s, which would expire there': ofSync(
    cut('[ ! -L "$each" ] ||', 'true ||'),
    async () => {
      await on.standby.exec(
        `mkdir -p /root/victim/vault/2001-01-01 && echo theirs > /root/victim/vault/2001-01-01/file &&
         touch -d 2001-01-01 /root/victim/vault/2001-01-01 && ln -s /root/victim /srv/guard/.understudy-bin-ledger`,
      )
      await on.pull()
      return !(await on.isSo('[ -e /root/victim/vault/2001-01-01/file ]'))
    },
  ),
  'log: it is a link to a file that only root may write': ofSync(
    cut('[ ! -L "$log" ] ||', 'true ||'),
    async () => {
      await on.standby.exec('mkdir -p /root/victim /var/log/ledger && echo theirs > /root/victim/file')
      await on.standby.exec('ln -s /root/victim/file /var/log/ledger/rsync_guard.log')
      await on.pull()
      const isLost = !(await on.isSo('[ "$(cat /root/victim/file)" = theirs ]'))
      await on.standby.exec('rm /var/log/ledger/rsync_guard.log')
      return isLost
    },
  ),
  'exclusions: what belongs to the file system, and what was put aside within the directory, is not on the primary':
    ofSync(cut(/ --exclude-from="[^"]*"/g), async () => {
      await on.standby.exec(
        `mkdir ${vault}/lost+found ${vault}/.understudy-0a1b2c3d && touch ${vault}/lost+found/a ${vault}/.understudy-0a1b2c3d/b`,
      )
      await on.pull()
      return !(await on.isSo(`[ -e ${vault}/lost+found/a ] && [ -e ${vault}/.understudy-0a1b2c3d/b ]`))
    }),
  'exclusions: a directory within, which has a copy of its own, is not mounted on the primary': ofSync(
    cut(/ --exclude-from="[^"]*"/g),
    async () => {
      await on.standby.exec('echo /inner/ >> /etc/understudy/ledger/directories/vault.exclude')
      await on.primary.exec(`mount -t tmpfs tmpfs ${vault}/inner`)
      await on.pull()
      return !(await on.isSo(`[ -e ${vault}/inner/kept ]`))
    },
  ),
  'lock: a second copy overtakes a slow one, which then brings back what is old': ofSync(
    cut('flock -w "$patience" 9 ||', 'true ||'),
    async () => {
      const { ended, fast } = await on.beginSlowCopy({ megabytes: 20, kbit: 16_000 })
      await on.primary.exec(`echo newest > ${vault}/large.new && mv ${vault}/large.new ${vault}/large`)
      await on.standby.tryExec('/usr/local/lib/understudy/understudy-sync ledger vault --first', {
        timeoutMs: 120_000,
      })
      await ended
      await fast()
      return !(await on.isSo(`grep -qx newest ${vault}/large`))
    },
  ),
  'pinned host key: another machine answers at the primary’s address': ofSync(
    cut('StrictHostKeyChecking=yes', 'StrictHostKeyChecking=no'),
    async () => {
      await on.standby.exec(
        `echo '${on.primary.address} ${on.standby.hostKey}' > /etc/understudy/ledger/known_hosts; echo 'written here' > ${vault}/precious`,
      )
      await on.pull()
      return !(await on.isSo(`grep -qx 'written here' ${vault}/precious`))
    },
  ),
  'time-out: the primary’s side hangs, and no later copy would ever begin': ofSync(
    cut('--timeout="$(setting timeout_seconds)"'),
    async () => {
      await on.standby.exec(
        'sed -i s/^timeout_seconds=.*/timeout_seconds=5/ /etc/understudy/ledger/pair.conf',
      )
      const { ended, fast } = await on.beginSlowCopy({ megabytes: 30, kbit: 16_000 })
      await on.primary.exec('pkill -STOP -x rsync')
      await fast()
      await on.primary.exec(`echo 'written since' > ${vault}/since; rm ${vault}/large`)
      // Cron's next turns, for as long as four of the time-out.
      const copy = '/usr/local/lib/understudy/understudy-sync ledger vault'
      await on.standby.tryExec(
        `for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do ${copy} && [ -e ${vault}/since ] && break; sleep 1; done`,
        { timeoutMs: 120_000 },
      )
      const isLost = !(await on.isSo(`[ -e ${vault}/since ]`))
      await on.primary.exec('pkill -KILL -x rsync; true')
      await ended
      return isLost
    },
  ),
  'first copy: what is there already, because one was broken off, is not the primary’s to delete': ofSync(
    cut('if [ "$mode" = --first ]; then\n  set', 'if false; then\n  set'),
    async () => {
      await on.standby.exec(`echo theirs > ${vault}/put-here`)
      await on.standby.tryExec('/usr/local/lib/understudy/understudy-sync ledger vault --first')
      return !(await on.isSo(`[ -e ${vault}/put-here ]`))
    },
  ),
}

describe('without it data are lost, and with it nothing is', () => {
  test.each(Object.entries(dangers))('%s', async (_, { program, without, isLost }) => {
    await on.reset(program, without)
    expect(await isLost(), 'without it').toBe(true)
    await on.reset(null, (text) => text)
    expect(await isLost(), 'with it').toBe(false)
  })
})

test('a copy that nobody waits for goes behind everything else, on both hosts; one that somebody waits for does not', async () => {
  const nice = async (host: 'primary' | 'standby') =>
    [...new Set((await on[host].exec('ps -o ni= -C rsync')).split('\n').map((line) => line.trim()))].join()
  // The lab itself may have been started behind everything else.
  const [begun, sent] = [
    await on.standby.exec('nice'),
    Math.min(19, Number(await on.primary.exec('ps -o ni= -p 1')) + 5),
  ]
  for (const [mode, here] of [
    ['', '10'],
    ['--now', begun],
  ] as const) {
    await on.reset(null, (text) => text)
    const { ended, fast } = await on.beginSlowCopy({ megabytes: 12, kbit: 16_000, mode })
    expect([mode, await nice('standby'), await nice('primary')]).toEqual([mode, here, String(sent)])
    const disk = await on.standby.exec('ionice -p "$(pgrep -o -x rsync)"')
    if (mode === '') expect(disk).toBe('best-effort: prio 7')
    await fast()
    await ended
  }
})

/** Words of perl(1), which every host has: sets and reads an extended attribute without tools of their own (setxattr(2)). */
const attribute = (verb: 'set' | 'get', path: string, name: string, value = '') =>
  `perl -e 'my ($verb, $path, $name, $hex) = @ARGV; my $arm = \`uname -m\` =~ /aarch64/; if ($verb eq "set") { my $v = pack("H*", $hex); syscall($arm ? 5 : 188, $path, $name, $v, length $v, 0) == 0 or exit 1 } else { my $v = "\\0" x 4096; my $n = syscall($arm ? 8 : 191, $path, $name, $v, 4096); $n >= 0 or exit 1; print unpack("H*", substr($v, 0, $n)) }' ${verb} ${path} ${name} ${value}`

/** An ACL that lets user 12345 read, as Linux keeps it: version 2, then tag, permissions and number of each entry (acl(5)). */
const acl = [
  '02000000',
  '01000600ffffffff',
  '0200040039300000',
  '04000400ffffffff',
  '10000400ffffffff',
  '20000000ffffffff',
].join('')

const same = async (text: string) =>
  (await on.primary.exec(text)) === (await on.standby.tryExec(text)).stdout.trim()
const flags = (letter: string) => cut('-aHAXS', '-aHAXS'.replace(letter, ''))

const kept: Readonly<Record<string, Guard>> = {
  'the owner by number, whatever name it has here': {
    program: 'both',
    without: cut('--numeric-ids'),
    async isLost() {
      await on.primary.exec('id -u guard >/dev/null 2>&1 || useradd -u 12345 guard')
      await on.standby.exec('id -u guard >/dev/null 2>&1 || useradd -u 23456 guard')
      await on.primary.exec(`echo owned > ${vault}/owned && chown guard ${vault}/owned`)
      await on.pull()
      return !(await on.isSo(`[ "$(stat -c %u ${vault}/owned)" = 12345 ]`))
    },
  },
  'hard links': ofSync(flags('H'), async () => {
    await on.primary.exec(`cd ${vault} && echo one > one && ln one two`)
    await on.pull()
    return !(await on.isSo(`[ ${vault}/one -ef ${vault}/two ]`))
  }),
  ACLs: ofSync(flags('A'), async () => {
    await on.primary.exec(
      `echo secret > ${vault}/secret && ${attribute('set', `${vault}/secret`, 'system.posix_acl_access', acl)}`,
    )
    await on.pull()
    return !(await same(attribute('get', `${vault}/secret`, 'system.posix_acl_access')))
  }),
  'extended attributes': ofSync(flags('X'), async () => {
    await on.primary.exec(
      `echo tagged > ${vault}/tagged && ${attribute('set', `${vault}/tagged`, 'user.tag', '6b657074')}`,
    )
    await on.pull()
    return !(await same(attribute('get', `${vault}/tagged`, 'user.tag')))
  }),
  'holes of files, which else fill the disk here': ofSync(flags('S'), async () => {
    await on.primary.exec(`truncate -s 300M ${vault}/sparse && echo end >> ${vault}/sparse`)
    await on.pull()
    const isThere = await on.isSo(`[ "$(stat -c %s ${vault}/sparse)" = 314572804 ]`)
    return !isThere || Number(await on.standby.exec(`du -k ${vault}/sparse | cut -f1`)) > 10_000
  }),
}

describe('a copy keeps', () => {
  test.each(Object.entries(kept))('%s', async (_, { program, without, isLost }) => {
    await on.reset(program, without)
    expect(await isLost(), 'without being told to').toBe(true)
    await on.reset(null, (text) => text)
    expect(await isLost(), 'as it is told to').toBe(false)
    expect(await on.lastResult()).toBe('ok')
  })
})
