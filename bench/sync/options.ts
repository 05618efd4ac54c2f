import { type BenchOptions, readBenchOptions } from '@/bench/report/options'
import { streamsMax } from '@/lib/domain/copy-streams'

/** What is copied: 20,000 files of 1 to 15 kB, ten of 100 MB, or both in one directory. */
const workloads = ['small', 'large', 'both'] as const
export type Workload = (typeof workloads)[number]

export type SyncOptions = BenchOptions<Workload> & {
  /** In how many streams the first copy is tried too, beside the number that the product chooses. */
  readonly streams: readonly number[]
  /** A million files in place of the workloads. */
  readonly isMillion: boolean
}

/** Reads `[rounds] [--ways WAY,WAY] [--only ID,ID] [--streams N,N] [--million]`. Returns what is wrong with it in one line. */
export function readSyncOptions(args: readonly string[]): SyncOptions | string {
  const rest = args.filter((word) => word !== '--million')
  const at = rest.indexOf('--streams')
  const given = at < 0 ? [] : (rest[at + 1] ?? '').split(',')
  const streams = given.map(Number)
  if (streams.some((count) => !Number.isInteger(count) || count < 1 || count > streamsMax))
    return `Give numbers of streams from 1 to ${streamsMax}, e.g. --streams 1,2.`
  const others = at < 0 ? rest : rest.toSpliced(at, 2)
  const options = readBenchOptions(others, workloads)
  return typeof options === 'string' ? options : { ...options, streams, isMillion: rest.length < args.length }
}
