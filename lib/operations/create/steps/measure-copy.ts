import { trialBackup } from '@/lib/commands/postgres-backup'
import {
  type CompressionChoice,
  type CopyCompression,
  type CopyTrial,
  chooseCompression,
  compressionSince,
  nextTrials,
} from '@/lib/domain/copy-compression'
import { majorVersion } from '@/lib/domain/postgres-layout'
import { parseCopyTrial } from '@/lib/facts/copy-trial'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { StepIo } from '@/lib/operations/engine/step'

/** The server has its time for a checkpoint first, which a trial can't be without. */
const trialTimeoutMs = 90_000

/** Whether this PostgreSQL can pack a copy in plain format on its way. */
export const canCompress = ({ layouts }: CreateBasis): boolean =>
  majorVersion(layouts.primary.versionNum) >= compressionSince &&
  majorVersion(layouts.standby.versionNum) >= compressionSince

const trialPath = (copy: string) => copy.replace(/-copy$/, '-trial')

/** What a trial writes to, beside the copy itself: data directory and tablespaces. */
export function trialPaths(basis: CreateBasis): readonly string[] {
  const { copy, tablespaces } = createNames(basis)
  return canCompress(basis) ? [copy, ...tablespaces.map((plan) => plan.copy)].map(trialPath) : []
}

export function trialOf(basis: CreateBasis, method: CopyCompression) {
  const { copy, backupConninfo, tablespaces } = createNames(basis)
  return trialBackup({
    binDirectory: basis.layouts.standby.binDirectory,
    target: trialPath(copy),
    conninfo: backupConninfo,
    tablespaces: tablespaces.map((plan) => ({ location: plan.location, copy: trialPath(plan.copy) })),
    method,
  })
}

/**
 * Which compression the copy is made by: measured by beginning that copy itself, so that link, processors and disks count as they are now. A
 * trial that fails stops nothing: without a figure nothing is compressed, and the copy itself says what is wrong.
 */
export async function measureCopy(context: CreateContext, io: StepIo): Promise<CompressionChoice> {
  const trials: CopyTrial[] = []
  for (let next = nextTrials(trials); next.length > 0; next = nextTrials(trials))
    for (const method of next) {
      io.signal.throwIfAborted()
      const options = { timeoutMs: trialTimeoutMs, signal: io.signal }
      const trial = parseCopyTrial(method, await context.doors.standby.run(trialOf(context, method), options))
      if (trial.refusal !== '') io.output(`${method}: ${trial.refusal}`)
      trials.push(trial)
    }
  return chooseCompression(trials)
}
