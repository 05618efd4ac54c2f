import { setTimeout as sleep } from 'node:timers/promises'
import { addLook, whyGiveWay } from '@/lib/domain/drill-lag'
import { parentOf } from '@/lib/domain/drill-places'
import { whyNoRoom } from '@/lib/domain/drill-room'
import { hasCode } from '@/lib/errors'
import { freeSpaceQuestion, parseFreeSpace } from '@/lib/facts/free-space'
import { parseReplayLook, replayLookQuestion } from '@/lib/facts/replay-look'
import { type DrillContext, drillNames } from '@/lib/operations/drill/basis'
import { gaveWay, gaveWayError } from '@/lib/operations/drill/keep-drill'
import type { StepIo } from '@/lib/operations/engine/step'

const everyMs = 500
const roomEveryMs = 2_000
const askMs = 3_000

/**
 * Does what disturbs, and looks at the standby's replication and at its disks beside it: as soon as they need what the drill takes, what is being
 * done is told to stop, which it heeds by its signal. Throws GAVE_WAY then, once it has stopped. That the host itself can't be reached for a
 * while does not concern this: whatever is done there says so.
 */
export async function givingWay<T>(
  context: DrillContext,
  io: StepIo,
  act: (io: StepIo) => Promise<T>,
): Promise<T> {
  const [stop, ended] = [new AbortController(), new AbortController()]
  const seen: { why: string | null } = { why: null }
  const giveWay = (why: string | null) => {
    if (why === null || ended.signal.aborted) return
    seen.why ??= why
    stop.abort(gaveWayError(seen.why))
  }
  const watching = Promise.all([
    untilWhy(ended.signal, everyMs, replayWatch(context)).then(giveWay),
    untilWhy(ended.signal, roomEveryMs, roomWatch(context)).then(giveWay),
  ])
  try {
    return await act({ ...io, signal: AbortSignal.any([io.signal, stop.signal]) })
  } catch (error) {
    if (seen.why === null || io.signal.aborted) throw error
    throw await gaveWay(context, seen.why)
  } finally {
    ended.abort()
    await watching
  }
}

/** Looks until there is a reason to give way, or it has ended. Never rejects. */
async function untilWhy(
  ended: AbortSignal,
  pauseMs: number,
  look: () => Promise<string | null>,
): Promise<string | null> {
  while (!ended.aborted) {
    const why = await look()
    if (why !== null) return why
    await sleep(pauseMs, undefined, { signal: ended }).catch(() => undefined)
  }
  return null
}

function replayWatch({ clock, databases, facts, hosts, replay }: DrillContext): () => Promise<string | null> {
  const { name } = hosts.standby
  return async () => {
    try {
      const rows = await databases.standby.query(replayLookQuestion, [], { timeoutMs: askMs })
      replay.watch = addLook(replay.watch, parseReplayLook(rows, clock.now().getTime()))
      return whyGiveWay(replay.watch, name, facts.options.lagSeconds)
    } catch (error) {
      // A standby whose server does not answer any more needs all that its host has.
      return hasCode(error, 'POSTGRES_DOWN', 'POSTGRES_STARTING', 'POSTGRES_TIMED_OUT') ? error.message : null
    }
  }
}

function roomWatch(context: DrillContext): () => Promise<string | null> {
  const { doors, hosts, profile } = context
  const limits = { hostName: hosts.standby.name, diskFreePercent: profile.limits.diskFreePercent }
  const paths = drillNames(context).places.roots.map(parentOf)
  return async () => {
    const found = await doors.standby.run(freeSpaceQuestion(paths), { timeoutMs: askMs }).catch(() => null)
    return found && whyNoRoom(parseFreeSpace(paths, found.stdout), limits)
  }
}
