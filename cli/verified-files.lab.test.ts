import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { LayoutName } from '@/lab/layouts'
import { succeeds } from '@/test/harness/cli-pair'
import { damageFile, verifyingOn, verifyNow } from '@/test/harness/damage'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { labWorlds } from '@/test/harness/lab-worlds'
import { cliOf, type TestCli } from '@/test/harness/run-cli'
import { grounds } from '@/test/matrix/grounds'
import { registerHost } from '@/test/matrix/stage-hosts'
import { root } from '@/test/repository/source-files'

/** The lab's application has the same table in both layouts; that of a real SOAR is not public, so its profile asks nothing. */
const ownSoar = () =>
  readFileSync(`${root}/lib/profiles/splunk-soar-unprivileged.yaml`, 'utf8')
    .replace('\nid: splunk-soar-unprivileged\n', '\nid: own-soar\n')
    .concat(
      '\nrowFiles:\n  - { id: entries, title: Entries, directory: vault, query: "select file from public.entries" }\n',
    )

const layouts = [
  { layout: 'debian', profile: 'generic-debian', vaultTitle: 'Vault' },
  { layout: 'soar-unprivileged', profile: 'own-soar', vaultTitle: 'Files or vault' },
] as const satisfies readonly { layout: LayoutName; [key: string]: string }[]

describe.each(layouts)('on $layout', ({ layout, profile, vaultTitle }) => {
  const { slug, vault } = labWorlds[layout]
  let lab: Lab
  let dashboard: LabDashboard
  let cli: TestCli
  let primary: LabHost
  let standby: LabHost
  const words = ['--pair', slug, '--reason', 'a test', '--yes']

  beforeAll(async () => {
    lab = await startLab({ layout, hostNames: ['db1', 'db2'] })
    ;[primary, standby] = [lab.host(0), lab.host(1)]
    dashboard = await LabDashboard.open({ 'own-soar.yaml': ownSoar() })
    cli = cliOf(dashboard.wiring.environment)
    for (const host of lab.hosts)
      if (layout === 'debian') await dashboard.registerHost(host, 'key')
      else await registerHost(dashboard, host, grounds[layout])
    await dashboard.startWorker()
    const created = await cli.run([
      ...['create', slug, '--profile', profile, '--yes', '--reason', 'A standby is wanted.'],
      ...['--primary', 'db1', '--standby', 'db2', '--type-name', 'db2', '--agree-restart'],
    ])
    expect(created).toMatchObject({ exitCode: 0 })
  })
  afterAll(async () => {
    await dashboard?.close()
    await lab?.down()
  })

  const untilExitCode = (exitCode: number) =>
    awaitFact(
      `status with exit code ${exitCode}`,
      async () => (await cli.run(['status', '--pair', slug])).exitCode === exitCode,
      { timeoutMs: 90_000, everyMs: 200 },
    )
  const sumOf = (host: LabHost, name: string) => host.exec(`sha256sum <'${vault}/${name}'`)

  test('the standby verifies by a schedule of the pair’s own, on whichever layout', async () => {
    const { program, keeper } = verifyingOn(standby)
    const schedule =
      keeper === 'root'
        ? await standby.exec(`cat /etc/cron.d/understudy-${slug}`)
        : await standby.exec('crontab -l', { user: keeper })
    expect(schedule).toMatch(new RegExp(`^\\d+ [1-4] \\* \\* \\* (root )?${program} ${slug}`, 'm'))
  })

  test('a byte that flipped while size and time stayed is found and named, and repaired by one command; the bin has what was there', async () => {
    await untilExitCode(0)
    const { syncProgram, keeper } = verifyingOn(standby)
    await primary.exec(
      `echo precious >'${vault}/precious file' && chown --reference='${vault}' '${vault}/precious file'`,
    )
    await standby.exec(`${syncProgram} ${slug} vault --now`, { user: keeper })
    await damageFile(standby, `${vault}/precious file`)
    // No copy sees it.
    await standby.exec(`${syncProgram} ${slug} vault --now`, { user: keeper })
    expect(await sumOf(standby, 'precious file')).not.toBe(await sumOf(primary, 'precious file'))
    await verifyNow(standby)
    await untilExitCode(3)
    const status = (await cli.run(['status', '--pair', slug])).stdout
    expect(status).toContain(
      `One file of ${vaultTitle} on db2 differs from the primary’s although size and time are the same: precious file.`,
    )
    expect(status).toMatch(/100 %, 1 DIFFER/)
    const plan = (await cli.run(['plan', 'repair-files', '--pair', slug])).stdout
    expect(plan).toContain(`${vault}/precious file`)
    succeeds(await cli.run(['repair-files', ...words]))
    expect(await sumOf(standby, 'precious file')).toBe(await sumOf(primary, 'precious file'))
    await untilExitCode(0)
    const bins = await standby.exec(
      `find / -xdev -path '*.understudy-bin-${slug}/vault/*' -name 'precious file'`,
    )
    expect(bins.trim().split('\n')).toHaveLength(1)
    const none = await cli.run(['repair-files', ...words])
    expect(none.exitCode).not.toBe(0)
    expect(none.stdout + none.stderr).toMatch(/no file (of them )?differs/)
  })

  test('a row whose file is missing is named on request, and in the plan of a promotion and its report', async () => {
    const file = await primary.sql('select file from entries order by file limit 1')
    for (const host of lab.hosts) await host.exec(`rm -f '${vault}/${file}'`)
    const asked = await cli.run(['missing-files', '--pair', slug])
    expect(asked.exitCode).toBe(3)
    expect(asked.stdout).toContain(`Missing in ${vaultTitle}: ${file}`)
    const json = await cli.run(['missing-files', '--pair', slug, '--host', 'primary', '-o', 'json'])
    expect(JSON.parse(json.stdout)).toMatchObject({
      hostName: 'db1',
      looks: [{ id: 'entries', missing: 1, names: [file], isAll: true }],
    })

    await primary.kill()
    await untilExitCode(4)
    const sentence = new RegExp(
      `Entries: .*files? that rows refer to (is|are) missing in ${vaultTitle} on db2: ${file.replaceAll('.', '\\.')}`,
    )
    expect((await cli.run(['plan', 'promote', '--pair', slug])).stdout).toMatch(sentence)
    const runbook = (await cli.run(['plan', 'promote', '--pair', slug, '--runbook'])).stdout
    expect(runbook).toMatch(/^## Files that rows refer to, as seen \d{4}-.+Z$/m)
    const loss = /--accept-loss "(.+)"/.exec((await cli.run(['promote', ...words])).stderr)?.[1] ?? ''
    expect(await cli.run(['promote', ...words, '--accept-loss', loss])).toMatchObject({ exitCode: 5 })
    const id =
      /^(\S+) +promote +succeeded/m.exec((await cli.run(['operations', '--pair', slug])).stdout)?.[1] ?? ''
    const report = (await cli.run(['operations', 'report', id])).stdout
    const lost = report.slice(
      report.indexOf('## What was lost, as it was seen'),
      report.indexOf('## Positions'),
    )
    expect(lost).toMatch(sentence)
  })
})
