import { decideVerdict } from '@/lib/domain/decide-verdict'
import { type ForkWitness, nothingWitnessed, witness } from '@/lib/domain/fork-witness'
import { mayGiveWay } from '@/lib/domain/giving-way'
import { leftOutOf } from '@/lib/domain/left-out'
import type { Observation } from '@/lib/domain/observation'
import { isChanging, isInFlight, isStanding } from '@/lib/domain/operation-state'
import { type Role, roles } from '@/lib/domain/pair'
import { emptyHistory, type PairHistory, recall, remember } from '@/lib/domain/pair-history'
import { unknownPromotion } from '@/lib/domain/promoted-by-hand'
import { provedReturn } from '@/lib/domain/proved-return'
import type { Verdict } from '@/lib/domain/verdict'
import type { Lease } from '@/lib/ports/leases'
import type { StoredObservation } from '@/lib/ports/store'
import { keptPackages } from '@/lib/profiles/kept-packages'
import { AnswerTeller } from '@/lib/watch/answer-teller'
import { pause, unlessAborted } from '@/lib/watch/bounded'
import { DrillTeller } from '@/lib/watch/drill-teller'
import { HostWatch } from '@/lib/watch/host-watch'
import { observePair } from '@/lib/watch/observe-pair'
import { PackageWatch } from '@/lib/watch/package-watch'
import { type PairSubject, placeOf } from '@/lib/watch/pair-subject'
import { PauseTeller } from '@/lib/watch/pause-teller'
import { ReturnTeller } from '@/lib/watch/return-teller'
import type { WatchDeps } from '@/lib/watch/watch-deps'

const intervalMs = 1000
/** How often a worker asks for a pair that another one watches. */
const leaseRetryMs = 1000

/** Watches one pair: a look each second while this process has its lease, put into the store with its verdict. */
export class PairWatch {
  readonly #deps: WatchDeps
  readonly #ended = new AbortController()
  readonly #running: Promise<void>
  #subject: PairSubject
  #lease: Lease | null = null
  #isRecalled = false
  #watches: Record<Role, HostWatch> | null = null
  /** Null where the pair keeps no packages. */
  #packages: PackageWatch | null = null
  /** What the watches belong to. */
  #ground = ''
  /** Whom the history belongs to: other hosts or roles begin a new one. */
  #roles = ''
  #history: PairHistory = emptyHistory
  #witness: ForkWitness = nothingWitnessed
  #previous: Verdict | null = null
  #wake: () => void = () => undefined
  #isWoken = false
  /** How many of the four parts of an observation the last look saw. */
  #seen = 0
  readonly #returns: ReturnTeller
  readonly #answers: AnswerTeller
  readonly #pauses: PauseTeller
  readonly #drills: DrillTeller
  /** One line in the log for one outage. */
  #isFailing = false

  constructor(deps: WatchDeps, subject: PairSubject) {
    this.#deps = deps
    this.#returns = new ReturnTeller(deps.onReturn)
    this.#answers = new AnswerTeller(deps.onAnswer)
    this.#pauses = new PauseTeller(deps.onPauseOver)
    this.#drills = new DrillTeller(deps.onDrillDue)
    this.#subject = subject
    this.#running = this.#run()
  }

  /** What the store says of the pair now. An operation that began, moved or ended is worth a look at once. */
  update(subject: PairSubject): void {
    const before = this.#subject
    this.#subject = subject
    const isMoved =
      before.operation?.state !== subject.operation?.state || before.pair.isPaired !== subject.pair.isPaired
    if (!isMoved) return
    // Not while it runs: what is slow to ask would stand in the way of its own questions.
    const isRunning = subject.operation !== null && isInFlight(subject.operation.state)
    if (!isRunning) {
      for (const watch of Object.values(this.#watches ?? {})) watch.expireInventory()
      this.#packages?.expire()
      this.#answers.forget()
    }
    this.lookNow()
  }

  /** Looks at once, or once more right after the look that is under way. */
  lookNow(): void {
    this.#isWoken = true
    this.#wake()
  }

  /** Ends at once: a look that is under way is given up. Then another worker may take over. */
  async stop(): Promise<void> {
    this.#ended.abort()
    this.#wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const startedAt = performance.now()
      let waitMs = this.#deps.intervalMs ?? intervalMs
      try {
        const lease = await this.#ensureLease()
        if (lease) await this.#look(lease)
        else waitMs = leaseRetryMs
        this.#isFailing = false
      } catch (err) {
        // The store away, most likely. The next look tries again; what was shown last grows older on the page.
        if (!this.#isFailing)
          this.#deps.warn({ err, pair: this.#subject.pair.slug }, 'a pair could not be watched')
        this.#isFailing = true
      }
      await this.#sleep(waitMs - (performance.now() - startedAt))
    }
    await this.#letGo()
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#isWoken || this.#ended.signal.aborted) {
      this.#isWoken = false
      return
    }
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await pause(ms, woken.signal)
    this.#wake = () => undefined
    this.#isWoken = false
  }

  async #ensureLease(): Promise<Lease | null> {
    if (!this.#lease?.isHeld()) {
      this.#isRecalled = false
      this.#lease = await this.#deps.leases.take(`watch ${this.#subject.pair.id}`)
    }
    if (!this.#lease) await this.#closeWatches()
    else if (!this.#isRecalled) await this.#recall()
    return this.#lease
  }

  /** What whoever watched the pair before knew of it. */
  async #recall(): Promise<void> {
    const latest = await this.#deps.store.observations.latest(this.#subject.pair.id)
    this.#previous = latest?.verdict ?? null
    this.#witness = latest?.witness ?? nothingWitnessed
    this.#history =
      latest && this.#isOfSameHosts(latest) ? recall(latest.observation, latest.verdict.lag) : emptyHistory
    this.#isRecalled = true
  }

  /** What was observed before a promotion, or of another host, is no history of these roles. */
  #isOfSameHosts({ observation }: StoredObservation): boolean {
    return (['primary', 'standby'] as const).every((role) => {
      const { machine } = observation.hosts[role]
      return !machine.seen || machine.value.machineId === this.#subject.hosts[role].machineId
    })
  }

  async #look(lease: Lease): Promise<void> {
    const subject = this.#subject
    const watches = await this.#watchesOf(subject)
    const { pair, hosts, profile, operation } = subject
    const asksPeers = pair.isPaired && !(operation && isChanging(operation))
    const look = observePair(watches, {
      asksPeers: !asksPeers ? null : pair.scope.database ? 'postgres' : 'ssh',
      postgresPort: profile.postgres.port,
      sshPorts: { primary: hosts.primary.port, standby: hosts.standby.port },
      clock: this.#deps.clock,
    })
    const seenNow = await unlessAborted(look, this.#ended.signal)
    // A process that stood still for a while may find that another one watches the pair by now.
    if (!seenNow || !lease.isHeld()) return
    const observation = { ...seenNow, packages: this.#packages?.see(mayList(subject, seenNow)) ?? null }
    // The verdict goes by what the store says now; a look at hosts that are no longer the pair's is worth nothing.
    if (groundOf(this.#subject) === this.#ground) await this.#record(this.#subject, observation, lease)
    else this.lookNow()
    // Less was seen than before: whether that is an accident or a fault is worth knowing at once.
    const seen = countSeen(observation)
    if (seen < this.#seen) this.lookNow()
    this.#seen = seen
  }

  async #record(subject: PairSubject, observation: Observation, { fence }: Lease): Promise<void> {
    const { pair, hosts, profile, operation } = subject
    this.#history = remember(this.#history, observation)
    this.#witness = witness(this.#witness, pair.hosts, observation)
    const verdict = decideVerdict({
      pair,
      hostNames: { primary: hosts.primary.name, standby: hosts.standby.name },
      limits: profile.limits,
      leftOut: leftOutOf(pair, profile),
      observation,
      history: this.#history,
      witness: this.#witness,
      operation: operation && {
        kind: operation.kind,
        state: operation.state,
        startedBy: operation.startedBy,
      },
      previous: this.#previous,
    })
    const from = this.#previous?.state ?? null
    const { observations } = this.#deps.store
    await observations.put({ pairId: pair.id, observation, verdict, witness: this.#witness }, fence)
    this.#previous = verdict
    // A promotion that stands gives way to the fence of the former primary, and a fence that stands is resumed.
    if (!operation || mayGiveWay(operation) || (operation.kind === 'fence' && isStanding(operation.state)))
      this.#returns.see(pair.slug, provedReturn(pair, observation), performance.now())
    // What ends a pause is resumed where it stands.
    if (!operation || (operation.kind === 'resume' && isStanding(operation.state)))
      this.#pauses.see(pair, observation.hosts.standby.machine.seen, Date.parse(observation.at))
    this.#drills.see(pair, verdict.state, operation === null, Date.parse(observation.at))
    const byHand = operation ? null : unknownPromotion(pair, hosts.standby, observation)
    if (byHand) this.#deps.onPromotedByHand?.(pair.slug, byHand)
    for (const role of roles) this.#answers.see(hosts[role], observation.hosts[role].machine.seen)
    if (from === verdict.state) return
    const change = { at: observation.at, from, to: verdict.state, reason: verdict.reasons[0] ?? '' }
    await observations.addStateChange(pair.id, change, fence)
  }

  async #watchesOf(subject: PairSubject): Promise<Record<Role, HostWatch>> {
    const ground = groundOf(subject)
    if (this.#watches && this.#ground === ground) return this.#watches
    await this.#closeWatches()
    const placed = JSON.stringify(subject.pair.hosts)
    if (this.#roles !== '' && this.#roles !== placed) this.#history = emptyHistory
    this.#roles = placed
    this.#ground = ground
    this.#watches = {
      primary: this.#watchHost(subject, 'primary'),
      standby: this.#watchHost(subject, 'standby'),
    }
    this.#packages = await this.#watchPackages(subject, this.#watches)
    return this.#watches
  }

  async #watchPackages(
    { pair, hosts, profile }: PairSubject,
    watches: Readonly<Record<Role, HostWatch>>,
  ): Promise<PackageWatch | null> {
    const packages = keptPackages(pair, profile)
    if (packages === null) return null
    const { store, clock, warn } = this.#deps
    return new PackageWatch({
      doors: { primary: watches.primary.door, standby: watches.standby.door },
      hosts,
      packages,
      clock,
      known: await store.packageDrifts.latest(pair.id),
      keep: (drifts) => store.packageDrifts.put(pair.id, drifts),
      warn: (err) => warn({ err, pair: pair.slug }, 'packages could not be compared'),
    })
  }

  #watchHost(subject: PairSubject, role: Role): HostWatch {
    const { doors, store, clock } = this.#deps
    return new HostWatch({
      door: doors.door(subject.hosts[role], subject.profile.postgres.osUser),
      place: placeOf(subject, role),
      readMonitorPassword: () => store.pairs.secret(subject.pair.id, 'monitor-password'),
      clock,
      signal: this.#ended.signal,
    })
  }

  async #closeWatches(): Promise<void> {
    const watches = this.#watches
    this.#watches = null
    this.#packages = null
    if (watches) await Promise.all([watches.primary.close(), watches.standby.close()])
  }

  async #letGo(): Promise<void> {
    try {
      await this.#closeWatches()
      await this.#lease?.release()
    } catch (err) {
      // The lease goes with the connection that was lost.
      this.#deps.warn({ err, pair: this.#subject.pair.slug }, 'a pair could not be let go in order')
    }
  }
}

/** Both hosts are there as a pair, and no operation acts on them: what it does is read when it has ended. */
const mayList = ({ pair, operation }: PairSubject, { hosts }: Observation): boolean =>
  pair.isPaired &&
  !(operation && isInFlight(operation.state)) &&
  roles.every((role) => hosts[role].machine.seen)

const countSeen = ({ hosts: { primary, standby } }: Observation): number =>
  [primary.server, primary.machine, standby.server, standby.machine].filter(({ seen }) => seen).length

/** Changes when other hosts, other access or other places have to be looked at. */
const groundOf = (subject: PairSubject): string =>
  JSON.stringify([subject.hosts, placeOf(subject, 'primary'), placeOf(subject, 'standby')])
