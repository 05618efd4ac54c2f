import { awaitStreaming, type BenchPair, dataDirectory, patient } from '@/bench/pair/bench-pair'
import { receivedBytes } from '@/bench/repair/received-bytes'
import type { LabHost } from '@/lab/lab-host'

export type RepairFigures = {
  /** From the command until the host streams from the primary. */
  readonly streamingMs: number
  /** Until the command had ended. */
  readonly endedMs: number
  /** What the host received until it streamed, of all that came over its network. */
  readonly receivedBytes: number
  /** Whether it streams over TLS. */
  readonly isTls: boolean
}

/** Who serves, and who is to follow it. */
export type Roles = Pick<BenchPair, 'primary' | 'standby'>

const readReceived = async (host: LabHost) => receivedBytes(await host.exec('cat /proc/net/dev'), 'host0')

/** One re-pair of a host that is broken by now; `repair` begins it and resolves when its command has ended. */
export async function measureRepair(
  { primary, standby }: Roles,
  repair: () => Promise<void>,
): Promise<RepairFigures> {
  // What was written to break it must not be written out while it is mended.
  for (const host of [primary, standby]) await host.exec(`sync -f ${dataDirectory}`, patient)
  const before = await readReceived(standby)
  const begunAt = performance.now()
  const since = () => performance.now() - begunAt
  const streams = awaitStreaming(standby, primary).then(async () => {
    const streamingMs = since()
    return { streamingMs, receivedBytes: (await readReceived(standby)) - before }
  })
  const ends = repair().then(since)
  const [endedMs, seen] = await Promise.all([ends, streams])
  const tls = await primary.sql('select bool_and(ssl) from pg_stat_replication join pg_stat_ssl using (pid)')
  return { ...seen, endedMs, isTls: tls === 't' }
}
