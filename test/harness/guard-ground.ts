import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { runnerFiles, type Sync, senderFile } from '@/lib/commands/sync'
import { endCopies, pullNow } from '@/lib/commands/sync-runs'
import { rootPlaces } from '@/test/harness/places'
import { readRuns, runOn, setRole, setUpSync, syncBetween, tryOn, writeOn } from '@/test/harness/sync-hosts'

export const guardedVault = '/srv/guard/vault'
const at = rootPlaces('ledger')

/** `both`: the two sides do it together. */
export type GuardedProgram = 'understudy-sync' | 'understudy-send' | 'both'

/** Two hosts with a directory that is copied, and whose programs can be had without one of their guards. */
export class GuardGround {
  private constructor(
    private readonly lab: Lab,
    readonly primary: LabHost,
    readonly standby: LabHost,
  ) {}

  static async open(): Promise<GuardGround> {
    const lab = await startLab({ writing: [] })
    const ground = new GuardGround(lab, lab.host(0), lab.host(1))
    await ground.fill()
    await setUpSync(ground.sync(), ground.primary, ground.standby)
    return ground
  }

  sync(more: Partial<Sync> = {}): Sync {
    const vault = {
      id: 'vault',
      title: 'Vault',
      path: guardedVault,
      log: 'rsync_guard.log',
      schedule: '* * * * *',
    }
    return syncBetween(this.primary, this.standby, { directories: [vault], ...more })
  }

  /** The same content on both hosts, with the mark that the list names, and no trace of a copy. */
  private async fill(): Promise<void> {
    for (const host of [this.primary, this.standby]) {
      await host.tryExec(`while umount -l ${guardedVault} || umount -l ${guardedVault}/inner; do :; done`)
      await host.exec(
        `rm -rf /srv/guard /root/victim /var/lib/understudy/ledger/runs /var/log/ledger/rsync_guard.log
         mkdir -p ${guardedVault}/inner && cd ${guardedVault} && echo test-vault > .understudy-source
         echo first > precious; echo kept > inner/kept; touch -d 2020-01-01 precious inner/kept .understudy-source`,
      )
    }
  }

  /** Both hosts as they were, with the programs of the plan but for what `without` changes in them. */
  async reset(program: GuardedProgram | null, without: (text: string) => string): Promise<void> {
    await runOn(this.standby, endCopies(at, ['vault']))
    await setRole(this.standby, 'standby')
    await this.fill()
    const files = [...runnerFiles(this.sync()), senderFile(at)].map((file) => {
      const name = file.path.slice(file.path.lastIndexOf('/') + 1)
      const isMeant = name === program || (program === 'both' && /^understudy-(sync|send)$/.test(name))
      if (!isMeant) return file
      const content = without(file.content)
      if (content === file.content) throw new Error(`${name} has no such guard`)
      return { ...file, content }
    })
    const isSender = ({ path }: { path: string }) => path.endsWith('/understudy-send')
    await writeOn(this.primary, files.filter(isSender))
    await writeOn(
      this.standby,
      files.filter((file) => !isSender(file)),
    )
  }

  /** A copy that is waited for; however it ends. */
  pull(): Promise<{ exitCode: number }> {
    return tryOn(this.standby, pullNow(at, 'vault'))
  }

  async lastResult(): Promise<string | undefined> {
    return (await readRuns(this.standby, this.sync())).vault?.lastRun?.result
  }

  /** Begins a copy of a large file over a slow line; resolves when its bytes come. */
  async beginSlowCopy({
    megabytes,
    kbit,
    mode = '--now',
  }: {
    megabytes: number
    kbit: number
    mode?: string
  }) {
    await this.primary.exec(`head -c ${megabytes}000000 /dev/urandom > ${guardedVault}/large`)
    const fast = await this.primary.slowLink(kbit)
    const ended = this.standby.tryExec(`/usr/local/lib/understudy/understudy-sync ledger vault ${mode}`, {
      timeoutMs: 180_000,
    })
    const isComing = async () => (await this.standby.tryExec(`ls ${guardedVault}/.large.*`)).exitCode === 0
    await awaitFact('a copy that has begun', isComing, { timeoutMs: 60_000 })
    return { ended, fast }
  }

  /** Whether it is so, by shell text on the standby. */
  async isSo(text: string): Promise<boolean> {
    return (await this.standby.tryExec(text)).exitCode === 0
  }

  close(): Promise<void> {
    return this.lab.down()
  }
}
