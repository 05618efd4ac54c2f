import type { LaneLook } from '@/components/status/lane'
import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import type { Distance } from '@/lib/domain/lag'
import type { Instant } from '@/lib/domain/observation'
import type { PairView } from '@/lib/domain/views'

/** A distance behind the primary in words: `24 kB, 0.1 s`; `unknown` where it can't be known. */
export function distanceText({ bytes, seconds }: Distance): string {
  if (bytes === null && seconds === null) return 'unknown'
  const parts = [bytes === null ? '' : formatBytes(bytes), seconds === null ? '' : formatDuration(seconds)]
  return parts.filter(Boolean).join(', ')
}

export type WalLane = LaneLook & { readonly text: string; readonly at: Instant | null }

/** How the WAL stream stands, from what the standby's receiver or else the primary's sender says. */
export function walLane(view: PairView, isMoving: boolean): WalLane {
  const { observation, verdict, hosts, pair } = view
  if (!observation || !verdict) return { tone: 'quiet', motion: 'broken', text: 'not seen yet', at: null }
  if (pair.formerPrimary !== 'none')
    return {
      tone: 'bad',
      motion: 'broken',
      text: `${hosts.standby.name} no longer follows`,
      at: observation.at,
    }
  if (!pair.isPaired)
    return { tone: 'quiet', motion: 'broken', text: 'no replication yet', at: observation.at }
  const { primary, standby } = observation.hosts
  const sender =
    primary.server.seen &&
    primary.server.value.senders.some(
      (each) => each.clientAddress === hosts.standby.address && each.state === 'streaming',
    )
  const receiver = standby.server.seen && standby.server.value.receiver?.status === 'streaming'
  const at = standby.server.seen ? standby.server.at : primary.server.at
  if (!primary.server.seen && !standby.server.seen)
    return { tone: 'unknown', motion: 'broken', text: 'neither side is seen', at }
  if (verdict.state === 'no-primary')
    return { tone: 'bad', motion: 'broken', text: `nothing comes from ${hosts.primary.name}`, at }
  if (!sender && !receiver) return { tone: 'bad', motion: 'broken', text: 'not streaming', at }
  const { receive, replay } = verdict.lag
  const text = `received ${distanceText({ ...receive, seconds: null })} · replayed ${distanceText(replay)} behind`
  const tone = verdict.state === 'catching-up' ? 'warn' : 'ok'
  return { tone, motion: isMoving ? 'moving' : 'idle', text, at }
}
