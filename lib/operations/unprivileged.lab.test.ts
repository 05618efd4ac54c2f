import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { stopPostgres } from '@/lib/commands/postgres-server'
import { changeCrontab } from '@/lib/operations/change-crontab'
import { createFacts } from '@/lib/operations/create/facts'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { Profile } from '@/lib/profiles/schema'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround, planOnLab } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { differences, plantOddities, readManifest } from '@/test/harness/host-manifest'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { promoteGround } from '@/test/harness/promote-ground'

describe('a standby on hosts where nobody may become root', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    lab = await startLab({ layout: 'soar-unprivileged', writing: [0, 1] })
    for (const host of lab.hosts) await plantOddities(host)
    pair = await openLabPair(lab)
    await pair.pairs.update('', { scope: { database: true, files: true } })
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  test('two sound hosts pass the preflight', async () => {
    const ground = await createGround(lab, pair)
    const open = ground.plan.preflight.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    // The application’s own database stands on the standby too, and one of the odd files is root’s.
    expect(open.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['standby-data', 'warn'],
      ['owners', 'warn'],
    ])
    expect(open[1]?.evidence).toContain(
      'belong to phantom, root: without root a copy belongs to phantom alone',
    )
    await ground.dispose()
  })

  test('to stop a PostgreSQL that does not run is no failure; in a directory without data it is one', async () => {
    const standby = lab.host(1)
    const door = pair.doors.door(pair.hosts.standby)
    const stop = (dataDirectory: string) =>
      door.run(
        stopPostgres({
          unit: null,
          binDirectory: standby.layout.programs,
          dataDirectory,
          configFile: `${dataDirectory}/postgresql.conf`,
          serverLog: '/dev/null',
        }),
        { timeoutMs: 60_000 },
      )
    const data = '/opt/phantom/data/db'
    expect(await stop(data)).toMatchObject({ exitCode: 0 })
    await standby.exec(`! test -e ${data}/postmaster.pid`)
    expect(await stop(data)).toMatchObject({ exitCode: 0 })
    expect((await stop('/opt/phantom/vault')).exitCode).not.toBe(0)
    await standby.startPostgres()
  })

  test('a unit that only root could stop is refused before anything is done', async () => {
    const failed = async (profile: Profile) => {
      const { preflight } = (await planOnLab({ ...pair, profile })).plan
      return preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
    }
    const application = { ...pair.profile.application, unit: 'cron.service' }
    expect(await failed({ ...pair.profile, application })).toEqual(['primary-sudo', 'standby-sudo'])

    const standby = lab.host(1)
    const data = '/opt/phantom/data/db'
    const program = await standby.exec(`readlink /proc/$(head -n 1 ${data}/postmaster.pid)/exe`)
    await standby.stopPostgres()
    await standby.exec(`systemd-run -q --unit=lab-database --uid=phantom ${program} -D ${data}`)
    await standby.awaitPostgres()
    const { preflight } = (await planOnLab(pair)).plan
    expect(preflight.find(({ id }) => id === 'standby-sudo')).toMatchObject({
      outcome: 'fail',
      evidence:
        'phantom may not become root, and PostgreSQL is run by lab-database.service: only root could stop or start it.',
    })
    await standby.exec('systemctl stop lab-database')
    await standby.startPostgres()
    expect(await failed(pair.profile)).toEqual([])
  })

  test('a crontab that cron does not let its user read is not taken for empty, and stays as it is', async () => {
    const { standby } = pair.hosts
    const crontabOf = () => lab.host(1).exec('cat /var/spool/cron/crontabs/phantom')
    const failed = async () => {
      const { preflight } = (await planOnLab(pair)).plan
      return preflight.filter(({ outcome }) => outcome === 'fail')
    }
    const before = await crontabOf()
    expect(before).toContain('@reboot')
    await lab.host(1).exec('echo phantom > /etc/cron.deny')
    expect(await failed()).toMatchObject([
      {
        id: 'standby-crontab',
        evidence: expect.stringContaining('You (phantom) are not allowed to use this program'),
        fix: expect.stringContaining('/etc/cron.deny'),
      },
    ])
    await expect(
      changeCrontab(pair.doors.door(standby), (content) => `${content}0 0 * * * true\n`),
    ).rejects.toMatchObject({
      code: 'HOST_COMMAND_FAILED',
      message: expect.stringContaining('You (phantom) are not allowed to use this program'),
    })
    expect(await crontabOf()).toBe(before)
    await lab.host(1).exec('rm /etc/cron.deny')
    expect(await failed()).toEqual([])
  })

  test('what the primary’s configuration would bring along with the copy is judged by the standby, loaded or not', async () => {
    const file = '/opt/phantom/data/db/postgresql.conf'
    const lines = [
      "shared_buffers = '4TB'",
      "lc_monetary = 'de_DE.UTF-8'",
      "timezone = 'Lab/Nowhere'",
      "shared_preload_libraries = 'no_such_library'",
      'port = 5499',
    ]
    await lab
      .host(0)
      .exec(`cp -p ${file} /run/lab-conf && cat >> ${file}`, { input: `${lines.join('\n')}\n` })
    const { preflight } = (await planOnLab(pair)).plan
    await lab.host(0).exec(`cp -p /run/lab-conf ${file}`)
    const failed = preflight.filter(({ outcome }) => outcome === 'fail')
    expect(failed.map(({ id, canOverride }) => [id, canOverride])).toEqual([
      ['time-zones', false],
      ['locales', false],
      ['extensions', false],
      ['memory', false],
      ['same-places', false],
    ])
  })

  test('undone at its very end, every file, mode, owner, crontab and setting of both hosts is what it was', async () => {
    const before = await Promise.all(lab.hosts.map(readManifest))
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(breaksAt(ground.steps, 'mark-paired')), 'failed')
    await trial.undoOrResume()
    const after = await Promise.all(lab.hosts.map(readManifest))
    for (const [index, manifest] of before.entries())
      expect(differences(manifest, after[index] ?? new Map())).toEqual([])
    await ground.dispose()
  })

  test('PostgreSQL has no unit, although its process lives in that of cron or sshd', async () => {
    const { facts } = (await planOnLab(pair)).plan
    const { primary } = createFacts.parse(facts)
    expect(answerOf(primary.data)).toMatchObject({ unit: null, owner: 'phantom', startConf: null })
    const group = await lab.host(0).exec('cat /proc/$(head -n 1 /opt/phantom/data/db/postmaster.pid)/cgroup')
    expect(group).toMatch(/\/(cron|ssh)\.service$/m)
  })

  test('is created while rows are being written, and the transcript stands in the application’s own log directory', async () => {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    for (const host of lab.hosts)
      expect(await host.exec('tail -n 1 /opt/phantom/var/log/phantom/warm_standby.log')).toMatch(/succeeded$/)
    await ground.dispose()
  })

  test('a promotion that fails before it promotes is undone: the old primary writes again, its crontab as it was', async () => {
    const crontab = () => lab.host(0).exec('crontab -l', { user: 'phantom' })
    const before = await crontab()
    const ground = await promoteGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(breaksAt(ground.steps, 'stop-sync')), 'failed')
    expect(await crontab()).toContain('# held by understudy phantom')
    expect(
      (await lab.host(0).tryExec('/opt/phantom/usr/postgresql/bin/pg_isready -q -h /tmp')).exitCode,
    ).toBe(2)
    await trial.undoOrResume()
    expect(await crontab()).toBe(before)
    await ground.dispose()
  })

  test('a primary whose PostgreSQL was killed is fenced where it lies, and the standby promoted', async () => {
    await lab.host(0).killPostgres()
    const ground = await promoteGround(lab, pair)
    expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(pair.pairs.current.formerPrimary).toBe('fenced')
    await lab.host(0).startPostgres()
    expect(await lab.host(0).sql('select pg_is_in_recovery()')).toBe('t')
    await ground.dispose()
  })
})
