import { z } from 'zod'
import type { PackageFacts, PackageRun } from '@/lib/domain/observation'
import { AppError } from '@/lib/errors'

const count = z.int().nonnegative()

const record = z
  .object({
    start: z.iso.datetime(),
    end: z.iso.datetime(),
    exit: z.int(),
    result: z.string().min(1),
    listed: count,
    missing: count,
    other: count,
    installed: count,
    failures: count,
    reason: z.string(),
  })
  .transform(({ start, end, exit, ...rest }) => ({ ...rest, startedAt: start, endedAt: end, exitCode: exit }))

function toJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** One line of `packages/run.jsonl` (`host/understudy-packages`). Throws HOST_COMMAND_FAILED on anything else. */
export function parsePackageRun(line: string): PackageRun {
  const parsed = record.safeParse(toJson(line))
  if (parsed.success) return parsed.data
  throw new AppError(
    'HOST_COMMAND_FAILED',
    'The record of how packages are kept on the standby can’t be read.',
    {
      fix: 'Look into /var/lib/understudy/<pair>/packages on the standby: a file there was changed by hand.',
      detail: `${z.prettifyError(parsed.error)}: ${line.slice(0, 200)}`,
    },
  )
}

/** From the lines of `readPackageRuns`; null where it was not asked. Throws HOST_COMMAND_FAILED on a record that can’t be read. */
export function toPackageFacts(answers: ReadonlyMap<string, readonly string[]>): PackageFacts | null {
  const state = answers.get('package-state')?.[0]
  if (state === undefined) return null
  const [last, good] = [answers.get('package-last')?.[0], answers.get('package-good')?.[0]]
  return {
    lastRun: last === undefined ? null : parsePackageRun(last),
    lastGoodRun: good === undefined ? null : parsePackageRun(good),
    isRunning: state === 'running',
  }
}
