import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { LayoutName } from '@/lab/layouts'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { cliOf } from '@/test/harness/run-cli'
import { grounds } from '@/test/matrix/grounds'
import { registerHost } from '@/test/matrix/stage-hosts'

const kits = [
  {
    layout: 'debian',
    directory: '/var/lib/understudy/ledger/break-glass',
    user: 'root',
    profile: 'generic-debian',
    slug: 'ledger',
  },
  {
    layout: 'soar-unprivileged',
    directory: '/home/phantom/.understudy/state/phantom/break-glass',
    user: 'phantom',
    profile: 'splunk-soar-unprivileged',
    slug: 'phantom',
  },
] as const satisfies readonly { layout: LayoutName; [key: string]: string }[]

describe.each(kits)(
  'on $layout, without dashboard and network',
  ({ layout, directory, user, profile, slug }) => {
    let lab: Lab
    let dashboard: LabDashboard
    let primary: LabHost
    let standby: LabHost
    beforeAll(async () => {
      lab = await startLab({ layout, hostNames: ['db1', 'db2'] })
      ;[primary, standby] = [lab.host(0), lab.host(1)]
      dashboard = await LabDashboard.open()
      const cli = cliOf(dashboard.wiring.environment)
      for (const host of lab.hosts)
        if (layout === 'debian') await dashboard.registerHost(host)
        else await registerHost(dashboard, host, grounds[layout])
      await dashboard.startWorker()
      const created = await cli.run([
        ...['create', slug, '--profile', profile, '--yes', '--reason', 'A standby is wanted.'],
        ...['--primary', 'db1', '--standby', 'db2', '--type-name', 'db2', '--agree-restart'],
      ])
      expect(created).toMatchObject({ exitCode: 0 })
      await dashboard.killWorkers()
    })
    afterAll(async () => {
      await dashboard?.close()
      await lab?.down()
    })

    const script = (options: string) => standby.tryExec(`${directory}/promote.sh ${options}`, { user })

    test('the script says what it finds and does nothing, and is clean for shellcheck', async () => {
      expect((await script('--check')).stdout).toMatch(/db1 \(.+\) ANSWERS: two primaries/)
      expect(await standby.sql('select pg_is_in_recovery()')).toBe('t')
      expect(await standby.exec(`cat ${directory}/RUNBOOK.md`)).toContain('db2 takes over from db1')
    })

    test('it refuses while the primary answers, also when that is said once', async () => {
      for (const options of ['--reason no', '--reason no --primary-answers']) {
        const { exitCode, stdout } = await script(options)
        expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/STOPPED: the primary answers/)])
      }
      expect(await standby.sql('select pg_is_in_recovery()')).toBe('t')
    })

    test('with the primary dead it promotes, starts the application, stops the copying and leaves a record', async () => {
      await primary.kill()
      const done = await script("--reason 'rack 4 is without power'")
      expect(done).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/db2 is the primary\./) })
      expect(await standby.sql('select pg_is_in_recovery()')).toBe('f')
      expect(await standby.exec(`cat ${directory}/promoted`)).toMatch(
        new RegExp(
          `^at=\\d{4}-.+Z\\nby=${user}\\nreason=rack 4 is without power\\npair=${slug}\\nprimary_answered=no\\npromoted=timeline 2, .+$`,
          'm',
        ),
      )
      const rows = await standby.sql('select count(*) from entries')
      await awaitFact(
        'the application writes',
        async () => (await standby.sql('select count(*) from entries')) !== rows,
      )
      const again = await script("--reason 'once more'")
      expect([again.exitCode, again.stdout]).toEqual([1, expect.stringMatching(/accepts writes already/)])
    })

    test('when the dashboard is back it exchanges the roles by itself, and says who promoted and why', async () => {
      await dashboard.startWorker()
      const { pairs, hosts, observations } = dashboard.wiring.store
      const byName = new Map((await hosts.list()).map(({ name, id }) => [name, id]))
      await awaitFact('the roles exchanged', async () => {
        const pair = await pairs.findBySlug(slug)
        return pair?.hosts.primary === byName.get('db2') && pair?.formerPrimary === 'watched'
      })
      await awaitFact('who promoted', async () => {
        const pair = await pairs.findBySlug(slug)
        const latest = pair && (await observations.latest(pair.id))
        return latest?.verdict.reasons.some((reason) =>
          /^db2 was promoted by hand at .+rack 4 is without power/.test(reason),
        )
      })
    })
  },
)
