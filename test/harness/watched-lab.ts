import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { PackageDrifts } from '@/lib/domain/package-drift'
import type { Pair } from '@/lib/domain/pair'
import type { PairState } from '@/lib/domain/states'
import type { StateChange } from '@/lib/domain/views'
import type { StoredObservation } from '@/lib/ports/store'
import { systemClock } from '@/lib/time'
import { startWatching, type Watching } from '@/lib/watch/start-watching'
import type { WatchDeps } from '@/lib/watch/watch-deps'
import { type LabPair, labProfile, openLabPair } from '@/test/harness/lab-pair'

const dataDirectory = '/var/lib/postgresql/15/main'
const unit = 'postgresql@15-main'

/** Makes `standby` stream from `primary` with PostgreSQL's own tools, as somebody would by hand. */
export async function makeStreaming(primary: LabHost, standby: LabHost): Promise<void> {
  await primary.exec(
    `f=/etc/postgresql/15/main/pg_hba.conf; line='host replication understudy_repl ${standby.address}/32 trust'
     grep -qxF "$line" $f || sed -i "1i $line" $f`,
  )
  await primary.sql(
    `do $$ begin create role understudy_repl login replication; exception when duplicate_object then null; end $$;
     alter system set wal_keep_size = '512MB'; select pg_reload_conf()`,
  )
  await standby.exec(
    `systemctl stop ledger.service ${unit}; rm -rf ${dataDirectory}
     runuser -u postgres -- pg_basebackup -D ${dataDirectory} -R -c fast -X stream \\
       -d 'host=${primary.address} user=understudy_repl application_name=understudy_ledger'`,
  )
  await standby.startPostgres()
}

/** What the watch keeps of one pair; the store itself is proved by its own tests. */
class Kept {
  latest: StoredObservation | null = null
  drifts: PackageDrifts | null = null
  readonly changes: StateChange[] = []

  store(lab: LabPair): WatchDeps['store'] {
    const none = async () => null
    const { primary, standby } = lab.hosts
    const unused = async () => {
      throw new Error('the watch does not write this')
    }
    return {
      pairs: {
        list: async () => [lab.pairs.current],
        find: none,
        findBySlug: none,
        insert: unused,
        update: unused,
        hold: unused,
        remove: unused,
        secret: (id, name) => lab.pairs.secret(id, name),
        setSecret: unused,
      },
      hosts: {
        list: async () => [primary, standby],
        find: none,
        insert: unused,
        remove: unused,
        setHostKey: unused,
        setPrivilege: unused,
        lock: unused,
        setAccess: unused,
        secret: unused,
      },
      operations: {
        listInState: async () => [],
        insert: unused,
        setIdempotencyKey: unused,
        findByIdempotencyKey: none,
        find: none,
        listOfPair: async () => [],
        current: none,
        append: unused,
        events: async () => [],
      },
      observations: {
        put: async (entry) => {
          // Whatever does not survive a store must not be relied on.
          this.latest = JSON.parse(JSON.stringify(entry))
        },
        latest: async () => this.latest,
        addStateChange: async (_id, change) => {
          this.changes.push(change)
        },
        stateChanges: async () => this.changes,
      },
      packageDrifts: {
        latest: async () => this.drifts,
        put: async (_id, drifts) => void (this.drifts = drifts),
      },
      listen: async () => async () => undefined,
    }
  }
}

/** Two real hosts, the second streaming from the first, and a watch that looks at them each second. */
export class WatchedLab {
  readonly #kept = new Kept()
  #watching: Watching | null = null

  private constructor(
    readonly lab: Lab,
    readonly pair: LabPair,
  ) {}

  /** A watch of a pair that is there already; whoever made the lab takes it down. */
  static of(lab: Lab, pair: LabPair): WatchedLab {
    const watched = new WatchedLab(lab, pair)
    watched.startWatching()
    return watched
  }

  static async start(): Promise<WatchedLab> {
    const lab = await startLab()
    const watched = new WatchedLab(lab, await openLabPair(lab))
    await makeStreaming(watched.primary, watched.standby)
    await watched.pair.pairs.update('pair-1', { isPaired: true })
    watched.startWatching()
    return watched
  }

  get primary(): LabHost {
    return this.lab.host(0)
  }
  get standby(): LabHost {
    return this.lab.host(1)
  }
  get changes(): readonly StateChange[] {
    return this.#kept.changes
  }
  /** What the watch saw last. Throws before its first look. */
  get latest(): StoredObservation {
    if (!this.#kept.latest) throw new Error('nothing was observed yet')
    return this.#kept.latest
  }

  startWatching(): void {
    this.#watching = startWatching({
      store: this.#kept.store(this.pair),
      doors: this.pair.doors,
      profiles: new Map([[labProfile.id, labProfile]]),
      leases: {
        take: async () => ({ fence: 1, isHeld: () => true, release: async () => undefined }),
        close: async () => undefined,
      },
      clock: systemClock,
      warn: (about, message) => process.stderr.write(`${message} ${String(about.err)}\n`),
    })
  }

  async stopWatching(): Promise<void> {
    await this.#watching?.stop()
    this.#watching = null
  }

  async updatePair(change: Partial<Pick<Pair, 'scope' | 'formerPrimary' | 'isPaired'>>): Promise<void> {
    await this.pair.pairs.update('pair-1', change)
  }

  /** Awaits a state; returns after how many milliseconds it was put. Throws with what is seen instead. */
  untilState(wanted: PairState, timeoutMs: number): Promise<number> {
    return this.#until(wanted, timeoutMs, () => true)
  }

  /** Awaits a look that begins only now and finds the pair protected. */
  untilSound(timeoutMs: number): Promise<number> {
    const now = new Date().toISOString()
    return this.#until('protected', timeoutMs, ({ observation }) => observation.at > now)
  }

  async #until(
    wanted: PairState,
    timeoutMs: number,
    counts: (entry: StoredObservation) => boolean,
  ): Promise<number> {
    const startedAt = performance.now()
    const isThere = () => {
      const { latest } = this.#kept
      return latest?.verdict.state === wanted && counts(latest)
    }
    await awaitFact(wanted, isThere, { timeoutMs, everyMs: 10 }).catch(() => {
      const { verdict, observation } = this.latest
      throw new Error(
        `${wanted} was not seen within ${timeoutMs} ms but ${verdict.state}: ${verdict.reasons.join(' ')}\n${JSON.stringify(observation, null, 1)}`,
      )
    })
    return performance.now() - startedAt
  }

  async close(): Promise<void> {
    await this.stopWatching()
    await this.pair.close()
    await this.lab.down()
  }
}
