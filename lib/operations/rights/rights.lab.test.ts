import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { asRoot, sh } from '@/lib/commands/command'
import { readFileCommand, writeFileCommand } from '@/lib/commands/file'
import { rootProgram } from '@/lib/commands/remote-shell'
import { buildInstallScript, buildRemoveScript, buildSudoers, rightsPath } from '@/lib/commands/root-rights'
import type { Host } from '@/lib/domain/host'
import { createAccessProbe } from '@/lib/io/ssh/access-probe'
import { installRights, neededRights, readRightsFacts } from '@/lib/operations/rights/read-rights'
import { rightsState } from '@/lib/operations/rights/rights-state'
import { systemClock } from '@/lib/time'
import { MachineWatch } from '@/lib/watch/machine-watch'
import { placeOf } from '@/lib/watch/pair-subject'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { promoteGround } from '@/test/harness/promote-ground'

/** Two hosts whose login `operator` has the written-down rights of the pair, and nothing else. */
let lab: Lab
let pair: LabPair
const operator = { user: 'operator' }

const rightsOf = (index: 0 | 1) => {
  const { hosts, profile, pairs, doors } = pair
  const [host, peer] = index === 0 ? [hosts.primary, hosts.standby] : [hosts.standby, hosts.primary]
  return { door: doors.door(host), host, peer, pair: pairs.current, profile }
}
const bySudo = (host: LabHost, words: string) => host.tryExec(`sudo -n -- ${words}`, operator)

beforeAll(async () => {
  lab = await startLab()
  pair = await openLabPair(lab, operator)
  await pair.pairs.update('', { scope: { database: true, files: true } })
  for (const index of [0, 1] as const) {
    const of = rightsOf(index)
    await installRights(of.door, await neededRights(of))
    await lab.host(index).exec('rm /etc/sudoers.d/lab-operator')
  }
})
afterAll(async () => {
  await pair.close()
  await lab.down()
})

describe('what is installed', () => {
  test('is known for what it is: a login with sudo, and exactly what is needed', async () => {
    const { address, port, privateKey, hostKey, name } = lab.host(0)
    const secret = { privateKey, passphrase: null, password: null }
    const access = { name, address, port, user: 'operator', authKind: 'key' as const, secret, hostKey }
    expect(await createAccessProbe(null).testAccess(access)).toMatchObject({ privilege: 'sudo' })
    for (const index of [0, 1] as const) {
      const of = rightsOf(index)
      const facts = await readRightsFacts(of.door, of.pair.slug)
      expect(facts).toMatchObject({ isUnrestricted: false, isPermitted: true })
      expect(rightsState(facts, await neededRights(of))).toBe('exact')
      await expect(installRights(of.door, await neededRights(of))).rejects.toMatchObject({
        code: 'HOST_SUDO_REFUSED',
      })
    }
  })

  test('is a fragment that visudo takes, whatever name of a user may stand in it', async () => {
    const host = lab.host(0)
    expect((await host.tryExec('visudo -cqf -', { input: 'operator ALL=(root NOPASSWD\n' })).exitCode).toBe(1)
    for (const user of ['operator', 'a.b-c_d', 'svc$', 'EXAMPLE\\ada', 'ada@example.org', 'Ada1'])
      await host.exec('visudo -cqf -', { input: buildSudoers(user, 'postgres') })
  })

  test('is told to a login that may do nothing yet by what every user sees, and is its own once an administrator ran it', async () => {
    const host: Host = { ...pair.hosts.primary, id: 'plain', user: 'plain', privilege: 'unprivileged' }
    const other = { ...rightsOf(0), host, door: pair.doors.door(host) }
    const asked = await neededRights({ ...other, door: rightsOf(0).door })
    expect((await neededRights(other)).rights).toBe(asked.rights)
    const needed = await neededRights({ ...other, pair: { ...other.pair, slug: 'other' } })
    await lab.host(0).exec('sh -s', { input: buildInstallScript(needed) })
    const program = (user: string, text: string) =>
      lab.host(0).tryExec(`sudo -n -- ${rootProgram} mark '${text}'`, { user })
    expect((await program('plain', 'systemctl start -- ledger.service')).exitCode).toBe(0)
    expect((await program('plain', '[ -e /etc/cron.d/understudy-ledger ]')).exitCode).toBe(77)
    expect((await program('operator', '[ -e /etc/cron.d/understudy-other ]')).exitCode).toBe(77)
    await lab.host(0).exec('sh -s', { input: buildRemoveScript(needed) })
    expect((await program('plain', 'true')).exitCode).toBe(1)
    expect((await program('operator', 'true')).exitCode).toBe(0)
  })

  test('permits nothing else: no shell, no other file, no other user, no value that is more than one', async () => {
    const host = lab.host(0)
    const program = (text: string) => bySudo(host, `${rootProgram} mark '${text.replaceAll("'", `'\\''`)}'`)
    const refused = [
      bySudo(host, 'id'),
      bySudo(host, 'sh -c id'),
      bySudo(host, '-u ledger id'),
      host.tryExec('sudo -n -i', operator),
      bySudo(host, 'env PATH=/tmp /usr/local/lib/understudy/understudy-sync ledger vault'),
      program('id'),
      program('true; id'),
      program(readFileCommand('/etc/shadow', 'sudo').text),
      program(readFileCommand('/var/lib/understudy/../../etc/shadow', 'sudo').text),
      program(sh`systemctl stop -- ssh.service`.text),
      program(sh`systemctl stop -- ledger.service ssh.service`.text),
      program('systemctl stop -- ledger.service\nid'),
      bySudo(host, "/usr/local/lib/understudy/understudy-send ../../tmp 'rsync --server --sender -x . x'"),
    ]
    for (const outcome of await Promise.all(refused)) {
      expect(outcome.exitCode).not.toBe(0)
      expect(outcome.stdout).not.toMatch(/root|uid=/)
    }
    const { door } = rightsOf(0)
    await expect(door.run(asRoot(sh`id`), { timeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'HOST_SUDO_REFUSED',
    })
    const own = { path: rightsPath('ledger'), content: '', mode: '0644', owner: 'root:root', isSecret: false }
    for (const path of [
      own.path,
      '/etc/cron.d/understudy-ledger',
      '/usr/local/lib/understudy/understudy-sync',
    ])
      await expect(
        door.run(writeFileCommand({ ...own, path }, 'sudo'), { timeoutMs: 5_000 }),
      ).rejects.toMatchObject({ code: 'HOST_SUDO_REFUSED' })
    expect(await host.exec('ls /etc/cron.d')).not.toContain('understudy')
  })
})

describe('operations under these rights alone', () => {
  test('a create is undone at its very end to exactly what was', async () => {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(breaksAt(ground.steps, 'mark-paired')), 'failed')
    await trial.undoOrResume()
    await ground.dispose()
  })

  test('a create ends in a streaming standby with its directories, which cron copies', async () => {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })

  test('the watch sees both machines', async () => {
    const subject = { pair: pair.pairs.current, hosts: pair.hosts, profile: pair.profile }
    for (const role of ['primary', 'standby'] as const) {
      const watch = new MachineWatch(pair.doors.door(pair.hosts[role]), systemClock)
      const seen = await watch.look(placeOf(subject, role).machine, async () => null, 5_000)
      expect(seen).toMatchObject({
        postgresProcess: 'running',
        cronRunning: true,
        syncScheduled: role === 'standby',
      })
    }
  })

  test('a promotion that fails is undone, and another one ends with the application on the other host', async () => {
    const failing = await promoteGround(lab, pair)
    const broken = new EngineTrial(failing)
    broken.expect(await broken.life(breaksAt(failing.steps, 'stop-sync')), 'failed')
    await broken.undoOrResume()
    await failing.dispose()
    await awaitFact(
      'the receiver',
      async () => (await lab.host(1).sql('select status from pg_stat_wal_receiver')) === 'streaming',
      { timeoutMs: 20_000 },
    )
    const ground = await promoteGround(lab, pair)
    expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(pair.pairs.current.formerPrimary).toBe('fenced')
    await ground.dispose()
  })
})
