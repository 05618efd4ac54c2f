import { isTerminal } from '@/lib/domain/operation-state'
import type { Pair } from '@/lib/domain/pair'
import { isStaleLook } from '@/lib/domain/stale-look'
import type { UserRole } from '@/lib/domain/user'
import type { StreamEvent } from '@/lib/domain/views'
import type { StoredObservation } from '@/lib/ports/store'
import type { ServiceContext } from '@/lib/services/context'
import { createLatestRunner } from '@/lib/services/live/latest-runner'
import { createSubscription, type Subscription } from '@/lib/services/live/subscription'
import { requireRole } from '@/lib/services/require-role'
import { buildOperationView, type OperationEntry } from '@/lib/services/views/operation-view'
import { buildPairView, type PairRecord } from '@/lib/services/views/pair-view'
import { readOperationEntry } from '@/lib/services/views/read-operation-entry'
import { readPairRecord } from '@/lib/services/views/read-pair-record'

const beatMs = 2_000
/** A copy reports many times a second; a page needs it five times. */
const operationIntervalMs = 200

type Ground = Pick<ServiceContext, 'store' | 'profiles' | 'profileProblems' | 'clock'>
type StopListening = () => Promise<void>

/**
 * Turns the store's notifications into whole views for open pages, built once for each change and role however many
 * pages are open. One for each process.
 */
export class LiveViews {
  readonly #ground: Ground
  readonly #onError: (error: unknown) => void
  readonly #subscriptions = new Set<Subscription>()
  /** What was last sent of each pair, to notice by the clock that nobody looks any more. */
  readonly #sent = new Map<string, { latest: StoredObservation; isStale: boolean }>()
  readonly #pairs: ReturnType<typeof createLatestRunner>
  readonly #operations: ReturnType<typeof createLatestRunner>
  readonly #beat: NodeJS.Timeout
  #listening: Promise<readonly StopListening[]> | null = null

  constructor(ground: Ground, onError: (error: unknown) => void) {
    this.#ground = ground
    this.#onError = onError
    this.#pairs = createLatestRunner({ run: (id) => this.#sendPair(id), intervalMs: 0, onError })
    this.#operations = createLatestRunner({
      run: (id) => this.#sendOperation(id),
      intervalMs: operationIntervalMs,
      onError,
    })
    this.#beat = setInterval(() => this.#onBeat(), beatMs)
    this.#beat.unref()
  }

  /**
   * Opens a page's line: the current view of every pair and of every operation that has not ended waits in it already,
   * with the names of all pairs and a beat behind them. Throws NOT_ALLOWED. Close it when the page is gone.
   */
  async subscribe(context: ServiceContext): Promise<Subscription> {
    await requireRole(context, 'viewer', 'stream.open')
    await this.#listen()
    const subscription = createSubscription(context.actor.role)
    this.#subscriptions.add(subscription)
    try {
      await this.#putCurrent(subscription)
    } catch (error) {
      subscription.close()
      throw error
    }
    subscription.put({ type: 'beat', at: this.#ground.clock.now().toISOString() })
    return subscription
  }

  async close(): Promise<void> {
    clearInterval(this.#beat)
    this.#pairs.close()
    this.#operations.close()
    for (const subscription of this.#subscriptions) subscription.close()
    this.#subscriptions.clear()
    for (const stop of (await this.#listening) ?? []) await stop()
  }

  #listen(): Promise<readonly StopListening[]> {
    const { store } = this.#ground
    this.#listening ??= Promise.all([
      store.listen('pairs', (id) => this.#onNotify(this.#pairs, id)),
      store.listen('operations', (id) => this.#onNotify(this.#operations, id)),
    ]).catch((error: unknown) => {
      this.#listening = null
      throw error
    })
    return this.#listening
  }

  #onNotify(runner: ReturnType<typeof createLatestRunner>, id: string | null): void {
    if (id === null) this.#requestAll().catch(this.#onError)
    else runner.request(id)
  }

  /** After a lost connection to the store anything may have changed. */
  async #requestAll(): Promise<void> {
    const { store } = this.#ground
    await this.#sendPairs()
    for (const pair of await store.pairs.list()) {
      this.#pairs.request(pair.id)
      const [newest] = await store.operations.listOfPair(pair.id, 1)
      if (newest) this.#operations.request(newest.id)
    }
  }

  async #sendPair(id: string): Promise<void> {
    if (this.#subscriptions.size === 0) return
    const pair = await this.#ground.store.pairs.find(id)
    if (!pair) {
      this.#sent.delete(id)
      return this.#sendPairs()
    }
    const record = await readPairRecord(this.#ground, pair)
    this.#broadcast((role) => this.#pairEvent(record, role))
  }

  async #sendPairs(): Promise<void> {
    const pairs = await this.#ground.store.pairs.list()
    this.#broadcast(() => pairsEvent(pairs))
  }

  async #sendOperation(id: string): Promise<void> {
    if (this.#subscriptions.size === 0) return
    const operation = await this.#ground.store.operations.find(id)
    if (!operation) return
    const entry = await readOperationEntry(this.#ground.store, operation)
    this.#broadcast((role) => operationEvent(entry, role))
  }

  /** A change that came in since the line was opened is newer than what is read here, so it stays. */
  async #putCurrent(subscription: Subscription): Promise<void> {
    const { store } = this.#ground
    const pairs = await store.pairs.list()
    for (const pair of pairs) {
      const record = await readPairRecord(this.#ground, pair)
      subscription.putOlder(this.#pairEvent(record, subscription.role))
      if (record.current && !isTerminal(record.current.state))
        subscription.putOlder(
          operationEvent(await readOperationEntry(store, record.current), subscription.role),
        )
    }
    subscription.putOlder(pairsEvent(pairs))
  }

  #pairEvent(record: PairRecord, role: UserRole): StreamEvent {
    const now = this.#ground.clock.now()
    if (record.latest)
      this.#sent.set(record.pair.id, { latest: record.latest, isStale: isStale(record.latest, now) })
    return { type: 'pair', slug: record.pair.slug, view: buildPairView(record, role, now) }
  }

  #broadcast(build: (role: UserRole) => StreamEvent): void {
    const byRole = new Map<UserRole, StreamEvent>()
    for (const subscription of this.#subscriptions) {
      const event = byRole.get(subscription.role) ?? build(subscription.role)
      byRole.set(subscription.role, event)
      subscription.put(event)
    }
  }

  #onBeat(): void {
    for (const subscription of this.#subscriptions)
      if (subscription.isClosed()) this.#subscriptions.delete(subscription)
    const now = this.#ground.clock.now()
    this.#broadcast(() => ({ type: 'beat', at: now.toISOString() }))
    for (const [id, { latest, isStale: wasStale }] of this.#sent)
      if (!wasStale && isStale(latest, now)) this.#pairs.request(id)
  }
}

const isStale = ({ observation }: StoredObservation, now: Date) => isStaleLook(observation.at, now)

const pairsEvent = (pairs: readonly Pair[]): StreamEvent => ({
  type: 'pairs',
  slugs: pairs.map(({ slug }) => slug),
})

const operationEvent = (entry: OperationEntry, role: UserRole): StreamEvent => ({
  type: 'operation',
  id: entry.operation.id,
  view: buildOperationView(entry, role),
})
