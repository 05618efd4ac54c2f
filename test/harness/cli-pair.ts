import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { PairState } from '@/lib/domain/states'
import type { Verdict } from '@/lib/domain/verdict'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { cliOf, type TestCli } from '@/test/harness/run-cli'

/** What a command has said that ended well: with its words, so that a failure says why. */
export const succeeds = <T extends { exitCode: number; stderr: string }>(outcome: T): T => {
  if (outcome.exitCode !== 0 || !outcome.stderr.includes('succeeded'))
    throw new Error(`it ended with ${outcome.exitCode}: ${outcome.stderr}`)
  return outcome
}

/** Two hosts of the lab, db1 and db2, that the command line has made the pair `ledger`, with a dashboard that watches them. */
export class CliPair {
  private constructor(
    readonly lab: Lab,
    readonly dashboard: LabDashboard,
    readonly cli: TestCli,
  ) {}

  /** `flags`: what `understudy create` is told beside. */
  static async create(flags: readonly string[] = []): Promise<CliPair> {
    const lab = await startLab({ hostNames: ['db1', 'db2'] })
    const dashboard = await LabDashboard.open()
    const pair = new CliPair(lab, dashboard, cliOf(dashboard.wiring.environment))
    try {
      for (const host of lab.hosts) await dashboard.registerHost(host)
      await dashboard.startWorker()
      succeeds(
        await pair.cli.run([
          ...['create', 'ledger', '--profile', 'generic-debian', '--yes', '--reason', 'A standby is wanted.'],
          ...['--primary', 'db1', '--standby', 'db2', '--type-name', 'db2', '--agree-restart'],
          ...flags,
        ]),
      )
      return pair
    } catch (error) {
      await pair.dispose()
      throw error
    }
  }

  async verdict(): Promise<Verdict | null> {
    const { pairs, observations } = this.dashboard.wiring.store
    const pair = await pairs.findBySlug('ledger')
    return (pair && (await observations.latest(pair.id))?.verdict) ?? null
  }

  async untilState(state: PairState): Promise<void> {
    await awaitFact(state, async () => (await this.verdict())?.state === state, { timeoutMs: 90_000 })
  }

  /** Which of the application's unit is so: `active enabled`, `inactive disabled`. */
  async application(index: number): Promise<string> {
    const { stdout } = await this.lab
      .host(index)
      .tryExec('systemctl is-active ledger; systemctl is-enabled ledger')
    return stdout.trim().replace('\n', ' ')
  }

  /** Resolves once `standby` streams from `primary`, has its schedule, and gets by its runner a file that was written just now. */
  async awaitFollows(standby: number, primary: number): Promise<void> {
    const [from, to] = [this.lab.host(primary), this.lab.host(standby)]
    await this.untilState('protected')
    const seen = await to.sql('select status, sender_host from pg_stat_wal_receiver')
    if (seen !== `streaming|${from.address}`) throw new Error(`${to.name} does not follow: ${seen}`)
    const mark = `mark-${crypto.randomUUID()}`
    await from.exec(`echo ${mark} > /srv/ledger/vault/${mark}`)
    await to.exec(
      `test -e /etc/cron.d/understudy-ledger && /usr/local/lib/understudy/understudy-sync ledger vault --now && test -e /srv/ledger/vault/${mark}`,
    )
  }

  async dispose(): Promise<void> {
    await this.dashboard.close()
    await this.lab.down()
  }
}
