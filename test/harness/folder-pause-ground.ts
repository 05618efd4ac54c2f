import type { Pause, PausePart } from '@/lib/domain/pause'
import { openPause } from '@/lib/operations/pause/open-pause'
import { planPause } from '@/lib/operations/pause/plan-pause'
import { EngineTrial } from '@/test/harness/engine-trial'
import {
  type FolderGround,
  folderCreateGround,
  throwUnless,
  verifyTraces,
  verifyUnasked,
} from '@/test/harness/folder-ground'
import { onceActed, tracesOf } from '@/test/harness/folder-pair'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { fileFactsOf, hostFactsOf, serverFacts } from '@/test/harness/operation-facts'

const ids = {
  pause: 'f0e1d2c3-0000-4000-8000-000000000000',
  resume: 'c3d2e1f0-0000-4000-8000-000000000000',
} as const
const now = new Date('2026-11-23T03:00:00Z')
export const pausedUntil = '2026-11-23T05:00:00.000Z'
const cronFile = '/etc/cron.d/understudy-ledger'

type Given = {
  readonly what: readonly PausePart[]
  readonly kind: 'pause' | 'resume'
  readonly hasDatabase?: boolean
}

async function createdPair(hasDatabase: boolean): Promise<FolderGround> {
  const created = await folderCreateGround({ scope: { database: hasDatabase, files: true } })
  const creating = new EngineTrial(created)
  creating.expect(await creating.life(), 'succeeded')
  return created
}

/** A pause of the standby that a create made on two folder hosts, or, of one that was paused so, its end. */
export async function folderPauseGround({ what, kind, hasDatabase = true }: Given): Promise<FolderGround> {
  const created = await createdPair(hasDatabase)
  if (kind === 'pause') return groundOn(created, { what, kind, hasDatabase })
  const pausing = await groundOn(created, { what, kind: 'pause', hasDatabase })
  const trial = new EngineTrial(pausing)
  trial.expect(await trial.life(), 'succeeded')
  return groundOn(created, { what, kind, hasDatabase })
}

async function groundOn(created: FolderGround, given: Required<Given>): Promise<FolderGround> {
  const { pair } = created
  const { what, kind, hasDatabase } = given
  const { alpha, beta, servers, pairs, hosts, profile } = pair
  const replayPaused = servers.standby.isReplayPaused
  const server = serverFacts({ inRecovery: true, receiverStatus: 'streaming', replayPaused })
  const was = pairs.current.pause ?? null
  const facts = {
    standby: hasDatabase
      ? hostFactsOf('beta', { server: { seen: true, value: server } })
      : fileFactsOf('beta'),
    primary: hasDatabase ? hostFactsOf('alpha') : fileFactsOf('alpha'),
    before: was && { ...was, what: [...was.what] },
    after: kind === 'pause' ? { what: [...what], until: pausedUntil } : null,
  }
  const plan = planPause({ operationId: ids[kind], pair: pairs.current, profile, hosts, facts }, now)
  const before = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  const opened = await openPause(queuedOperation(plan, {}), pair.ports)
  const isWritable = () => servers.primary.isWritable() && alpha.has('/.units/ledger.service/active')
  const recorded = (): Pause | null => pairs.current.pause ?? null
  return {
    pair,
    plan,
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(isWritable(), 'the primary does not serve any more')
      const standsStill = servers.standby.isReplayPaused || !beta.has(cronFile)
      throwUnless(!standsStill || recorded() !== null, 'something stands still without an end')
      verifyUnasked(pair)
    },
    async verifyDone() {
      const isHeld = (part: PausePart) => kind === 'pause' && what.includes(part)
      throwUnless(servers.standby.isReplayPaused === isHeld('replay'), 'replay is not as it was asked for')
      throwUnless(beta.has(cronFile) !== isHeld('sync'), 'the schedule is not as it was asked for')
      throwUnless(
        recorded()?.until === (kind === 'pause' ? pausedUntil : undefined),
        `it is recorded as ${JSON.stringify(recorded())}`,
      )
      verifyTraces(alpha, before.alpha)
    },
    async verifyUndone() {
      verifyTraces(alpha, before.alpha)
      verifyTraces(beta, before.beta)
      throwUnless(servers.standby.isReplayPaused === replayPaused, 'replay is not as it was')
      throwUnless(JSON.stringify(recorded()) === JSON.stringify(was), 'the record is not as it was')
    },
    async dispose() {
      await opened.close()
      await created.dispose()
    },
  }
}
