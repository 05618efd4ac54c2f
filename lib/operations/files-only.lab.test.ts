import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import type { Plan } from '@/lib/domain/operation'
import { planFence } from '@/lib/operations/fence/plan-fence'
import { openPromote } from '@/lib/operations/promote/open-promote'
import { planPromote } from '@/lib/operations/promote/plan-promote'
import { readFilePromoteFacts } from '@/lib/operations/promote/read-file-promote-facts'
import type { Profile } from '@/lib/profiles/schema'
import { systemClock } from '@/lib/time'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, labProfile, openLabPair } from '@/test/harness/lab-pair'
import { queuedOperation } from '@/test/harness/operation-events'

/** A pair that leaves its database out, and brings its packages: files by the real runner, packages by the real apt. */
let lab: Lab
let pair: LabPair
const profile: Profile = { ...labProfile, packages: { system: true, pip: null } }

/** Builds a package on the host and puts it into a repository of files: the only source that the host has. */
const offerPackage = `set -e
mkdir -p /srv/repository/tree/DEBIAN /srv/repository/tree/opt/ledger-tools
printf 'Package: ledger-tools\\nVersion: 1.4\\nArchitecture: all\\nMaintainer: test <test@example.org>\\nDescription: a test\\n' >/srv/repository/tree/DEBIAN/control
echo 1.4 >/srv/repository/tree/opt/ledger-tools/file
dpkg-deb --root-owner-group -b /srv/repository/tree /srv/repository/ledger-tools.deb >/dev/null
cd /srv/repository
{ cat tree/DEBIAN/control; echo 'Filename: ./ledger-tools.deb'; echo "Size: $(stat -c %s ledger-tools.deb)"; echo "SHA256: $(sha256sum ledger-tools.deb | cut -d' ' -f1)"; echo; } >Packages
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d && mkdir /etc/apt/sources.list.d
echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list.d/test.list
apt-get -qq update`

beforeAll(async () => {
  lab = await startLab({ writing: [0] })
  const opened = await openLabPair(lab)
  pair = { ...opened, profile, ports: { ...opened.ports, profile: () => profile } }
  const scope = { database: false, files: true, packages: true }
  pair.pairs.current = { ...pair.pairs.current, scope }
  for (const host of lab.hosts) await host.exec(offerPackage)
  await lab.host(0).exec('dpkg -i /srv/repository/ledger-tools.deb')
})
afterAll(async () => {
  await pair.close()
  await lab.down()
})

const runner = '/usr/local/lib/understudy/understudy-sync ledger vault'
const fileRole = (index: number) => lab.host(index).exec('cat /var/lib/understudy/ledger/file-role')
const installed = async (index: number) =>
  (await lab.host(index).tryExec("dpkg -s ledger-tools | sed -n 's/^Status: //p'")).stdout.trim()
const servers = () =>
  Promise.all(
    lab.hosts.map((host) =>
      host.sql(
        "select system_identifier, pg_is_in_recovery(), pg_postmaster_start_time(), (select string_agg(rolname, ' ' order by rolname) from pg_roles) from pg_control_system()",
      ),
    ),
  )

test('undone, nothing of files, roles and packages is left; done, they are there and no PostgreSQL was touched', async () => {
  const before = await servers()
  const broken = await createGround(lab, pair)
  const first = new EngineTrial(broken)
  first.expect(await first.life(breaksAt(broken.steps, 'mark-paired')), 'failed')
  expect(await installed(1)).toBe('install ok installed')
  await first.undoOrResume()
  expect(await installed(1)).not.toContain('ok installed')
  await broken.dispose()

  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.dispose()
  expect(pair.pairs.current.isPaired).toBe(true)
  expect([await fileRole(0), await fileRole(1)]).toEqual(['primary', 'standby'])
  expect(await installed(1)).toBe('install ok installed')
  expect(await lab.host(1).exec('grep -x ledger-tools=1.4 /var/log/ledger/deb_packages_primary.txt')).toBe(
    'ledger-tools=1.4',
  )
  // Both lives: what was installed, taken back, and installed again, with apt's own words.
  const log = await lab.host(1).exec('cat /var/log/ledger/rsync_deb_req.log')
  expect(log).toMatch(/\| Setting up ledger-tools \(1\.4\)/)
  expect(log).toMatch(/Install 1 packages \(deb\) .*: taken back\./)
  expect(log.trimEnd().split('\n').at(-1)).toMatch(/Install 1 packages \(deb\) .*: done\./)
  expect(log).not.toContain('mark-paired')
  expect((await lab.host(0).tryExec('ls /var/log/ledger/rsync_deb_req.log')).exitCode).not.toBe(0)
  expect(await servers()).toEqual(before)
})

test('the runner copies to the host that says it is the standby, and to no other', async () => {
  await lab.host(0).exec('echo new >/srv/ledger/vault/told')
  await lab.host(1).exec(`${runner} --now`)
  expect(await lab.host(1).exec('cat /srv/ledger/vault/told')).toBe('new')
})

/** What a promotion and a fence are planned from, as the hosts are now; the second in the roles before the promotion too. */
async function readGround() {
  const { hosts } = pair
  const doors = { primary: pair.doors.door(hosts.primary), standby: pair.doors.door(hosts.standby) }
  const given = { doors, hosts, pair: pair.pairs.current, profile, latest: null, clock: systemClock }
  const facts = await readFilePromoteFacts(given)
  return { operationId: crypto.randomUUID(), pair: pair.pairs.current, profile, hosts, facts }
}

const failedOf = ({ preflight }: Plan) =>
  preflight.flatMap(({ id, outcome, evidence }) => (outcome === 'fail' ? [[id, evidence]] : []))

test('where the hosts say other roles, nobody is promoted, and nobody fenced', async () => {
  const [primary, standby] = lab.hosts.map(({ name }) => name)
  const whyNot = async (one: string, other: string) => {
    const said = [one, other]
    for (const [index, host] of lab.hosts.entries())
      await host.exec(`echo ${said[index]} >/var/lib/understudy/ledger/file-role`)
    const ground = await readGround()
    return {
      promoted: failedOf(planPromote(ground, new Date())),
      fenced: failedOf(planFence(ground, new Date())),
    }
  }
  expect(await whyNot('primary', 'primary')).toEqual({
    promoted: [['standby-of-files', `${standby} says that it is the primary of the files.`]],
    fenced: [],
  })
  expect(await whyNot('standby', 'primary')).toEqual({
    promoted: [
      ['standby-of-files', `${standby} says that it is the primary of the files.`],
      ['old-primary', `${primary} says that it is the standby of the files.`],
    ],
    fenced: [['former-primary', `${primary} says that it is the standby of the files.`]],
  })
  expect(await whyNot('primary', 'standby')).toEqual({
    promoted: [],
    fenced: [['new-primary', `${standby} does not say that it is the primary of the files.`]],
  })
})

test('promoted, the direction is turned on both hosts, and no file flows onto the new primary', async () => {
  const before = await servers()
  const ground = await readGround()
  const { hosts } = ground
  const plan = planPromote(ground, new Date())
  const opened = await openPromote(queuedOperation(plan, {}), pair.ports)
  const trial = new EngineTrial({
    plan,
    steps: opened.steps,
    hold: opened.hold,
    context: null,
    verifyInvariants: async () => undefined,
    verifyDone: async () => undefined,
    verifyUndone: async () => undefined,
    dispose: () => opened.close(),
  })
  trial.expect(await trial.life(), 'succeeded')
  await opened.close()
  expect([await fileRole(0), await fileRole(1)]).toEqual(['former', 'primary'])
  expect((await lab.host(0).tryExec('systemctl is-active ledger')).stdout.trim()).toBe('inactive')
  await lab.host(1).exec('systemctl is-active ledger && /srv/ledger/bin/check')
  expect(pair.pairs.current).toMatchObject({
    hosts: { primary: hosts.standby.id },
    formerPrimary: 'fenced',
  })
  await lab.host(1).exec('echo written here >/srv/ledger/vault/told')
  await lab.host(1).exec(runner)
  expect(await lab.host(1).exec('cat /var/lib/understudy/ledger/runs/vault.last')).toContain('skipped-role')
  expect(await lab.host(1).exec('cat /srv/ledger/vault/told')).toBe('written here')
  expect(await servers()).toEqual(before)
})
