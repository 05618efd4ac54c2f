import { z } from 'zod'
import type {
  DirectoryFacts,
  DirectoryRun,
  DirectoryVerification,
  VerifiedPart,
} from '@/lib/domain/observation'
import { AppError } from '@/lib/errors'

const record = z
  .object({
    start: z.iso.datetime(),
    end: z.iso.datetime(),
    exit: z.int(),
    result: z.string().min(1),
    files: z.int().nonnegative(),
    bytes: z.int().nonnegative(),
    deletions: z.int().nonnegative(),
    failures: z.int().nonnegative(),
    reason: z.string(),
  })
  .transform(({ start, end, exit, ...rest }) => ({ ...rest, startedAt: start, endedAt: end, exitCode: exit }))

/** One line of `runs/<directory>.jsonl`. Throws HOST_COMMAND_FAILED on anything else. */
export function parseRunRecord(line: string): DirectoryRun & { readonly failures: number } {
  const parsed = record.safeParse(parseJson(line))
  if (!parsed.success) throw unreadable(line, z.prettifyError(parsed.error))
  return parsed.data
}

const count = z.int().nonnegative()
const instant = z.iso.datetime()
/** Empty: it was not yet. */
const perhaps = z.union([z.literal(''), instant])

const verification = z.object({
  at: instant,
  result: z.string().min(1),
  reason: z.string(),
  began: perhaps,
  ended: perhaps,
  lastBegan: perhaps,
  lastEnded: perhaps,
  lastFiles: count,
  lastBytes: count,
  files: count,
  bytes: count,
  checkedFiles: count,
  checkedBytes: count,
  changed: count,
  suspects: count,
  differs: count,
  names: z.array(z.string()),
})

const toPart = (startedAt: string, endedAt: string, files: number, bytes: number): VerifiedPart | null =>
  startedAt === '' ? null : { startedAt, endedAt: endedAt === '' ? null : endedAt, files, bytes }

/** The line of `runs/<directory>.verified`. Throws HOST_COMMAND_FAILED on anything else. */
export function parseVerification(line: string): DirectoryVerification {
  const parsed = verification.safeParse(parseJson(line))
  if (!parsed.success) throw unreadable(line, z.prettifyError(parsed.error))
  const { began, ended, checkedFiles, checkedBytes, lastBegan, lastEnded, lastFiles, lastBytes, ...rest } =
    parsed.data
  return {
    ...rest,
    pass: toPart(began, ended, checkedFiles, checkedBytes),
    lastPass: toPart(lastBegan, lastEnded, lastFiles, lastBytes),
  }
}

/**
 * Parses the answer to `readDirectoryRuns`. A directory without a run has nulls. Throws HOST_COMMAND_FAILED on an
 * answer of another shape.
 */
export function parseDirectoryRuns(text: string): readonly DirectoryFacts[] {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n')
  if (text === '') return []
  if (lines.length % 5 !== 0) throw unreadable(text, 'not five lines for each directory')
  return Array.from({ length: lines.length / 5 }, (_, index) => {
    const [id = '', state = '', last = '', good = '', verified = ''] = lines.slice(index * 5, index * 5 + 5)
    if (state !== 'running' && state !== 'idle') throw unreadable(text, `unknown state ${state}`)
    const lastRun = last === '' ? null : parseRunRecord(last)
    return {
      id,
      lastRun: lastRun && toRun(lastRun),
      lastGoodRun: good === '' ? null : toRun(parseRunRecord(good)),
      failuresSinceGood: lastRun?.failures ?? 0,
      isRunning: state === 'running',
      verification: verified === '' ? null : parseVerification(verified),
    }
  })
}

const toRun = ({ failures, ...run }: DirectoryRun & { readonly failures: number }): DirectoryRun => run

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function unreadable(text: string, detail: string): AppError {
  return new AppError('HOST_COMMAND_FAILED', 'The record of a file sync on the standby can’t be read.', {
    fix: 'Look into /var/lib/understudy/<pair>/runs on the standby: a file there was changed by hand.',
    detail: `${detail}: ${text.slice(0, 200)}`,
  })
}
