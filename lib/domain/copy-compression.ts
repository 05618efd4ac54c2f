import { formatBytes } from '@/lib/domain/format-bytes'

/** How a base backup is packed on its way: by the primary's server, unpacked by `pg_basebackup` on the standby. */
export type CopyCompression = 'none' | 'server-lz4' | 'server-zstd:1' | 'server-zstd:3' | 'server-gzip:1'

/** A second of the real copy, by the way that it will take, made by one method. */
export type CopyTrial = {
  readonly method: CopyCompression
  /** Bytes of data that were written on the standby, unpacked, and in what time; null where the method was refused. */
  readonly written: { readonly bytes: number; readonly ms: number } | null
  /** The trial reached the end of the data. */
  readonly isWhole: boolean
  /** What `pg_basebackup` said where it refused. */
  readonly refusal: string
}

export type CompressionChoice = { readonly method: CopyCompression; readonly sentence: string }

/** From this version on a copy in plain format can be packed on its way (PostgreSQL 15, pg_basebackup `--compress`). */
export const compressionSince = 15

/** A trial sends no more than this a second, so that measuring moves no more than that (kB, as `--max-rate` takes it). */
export const trialRateKb = 65_536

/**
 * From this rate on nothing is packed: three quarters of what a trial may send, about 400 Mbit/s. There the disks decide, and packing would take
 * a processor of the primary for nothing.
 */
const fastBytesPerSecond = 48 * 1024 * 1024

/** Below it a link is so slow that zstd's usual level keeps up; between the two its lightest does. */
const slowBytesPerSecond = 8 * 1024 * 1024

/** Packing costs the primary up to one processor for the whole copy: it has to be this much faster to be worth that. */
const worthwhile = 1.25

const rateOf = ({ written }: CopyTrial): number =>
  written === null ? 0 : (written.bytes * 1000) / Math.max(1, written.ms)

const rateText = (trial: CopyTrial): string =>
  trial.written === null ? 'not available' : `${formatBytes(rateOf(trial))}/s`

const isPlain = ({ method }: CopyTrial): boolean => method === 'none'

/** The fastest of some trials; of equal ones the first. */
const fastest = (trials: readonly CopyTrial[]): CopyTrial | undefined =>
  trials.toSorted((one, other) => rateOf(other) - rateOf(one))[0]

const isWorthwhile = (packed: CopyTrial | undefined, plain: CopyTrial): packed is CopyTrial =>
  packed !== undefined && rateOf(packed) >= rateOf(plain) * worthwhile

/**
 * The methods to try next; none once the measurement is complete. The first trial is without compression, and so is the last where a
 * method won: what the first read from a cold disk the others found in memory.
 */
export function nextTrials(trials: readonly CopyTrial[]): readonly CopyCompression[] {
  const [plain, ...later] = trials
  if (!plain) return ['none']
  if (plain.written === null || plain.isWhole || rateOf(plain) >= fastBytesPerSecond) return []
  const zstd = rateOf(plain) < slowBytesPerSecond ? 'server-zstd:3' : 'server-zstd:1'
  if (later.length === 0) return ['server-lz4', zstd]
  if (
    later.every(({ written }) => written === null) &&
    !later.some(({ method }) => method === 'server-gzip:1')
  )
    return ['server-gzip:1']
  return isWorthwhile(fastest(later), plain) && !later.some(isPlain) ? ['none'] : []
}

/**
 * Which method the copy is made by, and why, from trials that `nextTrials` has no more to add to. A whole database that passed within
 * its trial, a fast link, or no method that is a quarter faster: none.
 */
export function chooseCompression(trials: readonly CopyTrial[]): CompressionChoice {
  const none = (why: string): CompressionChoice => ({ method: 'none', sentence: `Not compressed: ${why}.` })
  const plain = fastest(trials.filter(isPlain))
  if (!plain || plain.written === null) return none('the link could not be measured')
  if (plain.isWhole) return none('the whole database passed within the measurement')
  if (rateOf(plain) >= fastBytesPerSecond) return none(`the link is fast (${rateText(plain)} measured)`)
  const packed = trials.filter((trial) => !isPlain(trial))
  const figures = [plain, ...packed].map((trial) => `${trial.method} ${rateText(trial)}`).join(', ')
  const best = fastest(packed)
  return isWorthwhile(best, plain)
    ? { method: best.method, sentence: `Compressed on its way by ${best.method} (measured: ${figures}).` }
    : none(`nothing was a quarter faster (${figures})`)
}
