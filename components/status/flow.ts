import { type Lsn, lsnDistanceBytes } from '@/lib/domain/lsn'
import type { Instant, Observation } from '@/lib/domain/observation'

type Sample = { readonly at: Instant; readonly primaryLsn: Lsn | null; readonly receivedLsn: Lsn | null }

/** The last few observations of a pair, oldest first: what has moved between them is what moves on the picture. */
export type Flow = readonly Sample[]

const keptMs = 10_000
const movedWithinMs = 3_000

/** The flow with one more observation; the same when it was known already. */
export function addToFlow(flow: Flow, observation: Observation): Flow {
  if (flow.at(-1)?.at === observation.at) return flow
  const { primary, standby } = observation.hosts
  const sample: Sample = {
    at: observation.at,
    primaryLsn: primary.server.seen ? primary.server.value.currentLsn : null,
    receivedLsn: standby.server.seen ? standby.server.value.receivedLsn : null,
  }
  const oldest = Date.parse(observation.at) - keptMs
  return [...flow.filter((known) => Date.parse(known.at) >= oldest && known.at < sample.at), sample]
}

/** Bytes of WAL per second that the primary wrote over the last 10 s; null while it can't be known. */
export function walRate(flow: Flow): number | null {
  const known = flow.filter((sample) => sample.primaryLsn !== null)
  const first = known[0]
  const last = known.at(-1)
  if (!first?.primaryLsn || !last?.primaryLsn) return null
  const seconds = (Date.parse(last.at) - Date.parse(first.at)) / 1000
  if (seconds <= 0) return null
  return Math.max(0, lsnDistanceBytes(last.primaryLsn, first.primaryLsn) / seconds)
}

/** Whether WAL came to the standby within the last 3 s. */
export function isWalMoving(flow: Flow): boolean {
  const last = flow.at(-1)
  if (!last?.receivedLsn) return false
  const since = Date.parse(last.at) - movedWithinMs
  return flow.some((sample, index) => {
    const before = flow[index - 1]?.receivedLsn
    return before && Date.parse(sample.at) >= since && sample.receivedLsn !== before
  })
}
