import { asDatabaseOwner, sh, toPreview } from '@/lib/commands/command'
import { fenceFile, fenceSignal } from '@/lib/commands/fence'
import { controlData, startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import { stopFast } from '@/lib/commands/stop-fast'
import { AppError, hasCode } from '@/lib/errors'
import { type ControlData, parseControlData } from '@/lib/facts/control-data'
import type { FenceFacts } from '@/lib/facts/fence-facts'
import { awaitAnswer } from '@/lib/operations/await-answer'
import type { Step } from '@/lib/operations/engine/step'
import { readFence } from '@/lib/operations/promote/read-fence'
import { proveOldPrimary } from '@/lib/operations/promote/steps/prove-old-primary'
import { stepFailed } from '@/lib/operations/step-failed'
import type { SwitchoverBasis, SwitchoverContext } from '@/lib/operations/switchover/basis'

const stopMs = 60_000
const startMs = 330_000

/** Read on the kept shell: how long nobody can write is counted in milliseconds. */
export async function readShutdown({ doors, layouts }: SwitchoverContext): Promise<ControlData> {
  const question = controlData(layouts.primary, layouts.primary.dataDirectory)
  return parseControlData((await doors.primary.ask(question, { timeoutMs: 15_000 })).stdout)
}

/** As `pg_controldata` says it of a primary that was stopped in order. */
export const isShutDown = ({ clusterState }: ControlData): boolean => clusterState === 'shut down'

/** Stopped in order, and read-only however it is started again. */
const isDone = (control: ControlData, { signal }: FenceFacts, operationId: string) =>
  isShutDown(control) && signal === fenceSignal(operationId)

/**
 * From here on nobody writes. `standby.signal` comes first, so that whatever starts it again finds a standby; then the postmaster is told
 * itself: what a service manager does around a stop is not waited for.
 */
export function stopPrimary(basis: SwitchoverBasis): Step<SwitchoverContext> {
  const { hosts, layouts, operationId } = basis
  const layout = layouts.primary
  const { name } = hosts.primary
  const file = fenceFile(layout, operationId)
  return {
    planned: {
      id: 'stop-primary',
      title: `Stop PostgreSQL on ${name}: from here on nobody writes`,
      host: 'primary',
      preview: [
        { kind: 'file', path: file.path, diff: `+${fenceSignal(operationId)}\n` },
        { kind: 'command', text: toPreview(stopFast(layout)) },
      ],
      undo: 'undo',
      undoSentence: `Starts PostgreSQL on ${name} as the primary again.`,
      irreversible: false,
      timeoutMs: 120_000,
      attemptsMax: 1,
    },
    prove: proveOldPrimary(basis, layout),
    async check(context) {
      const [control, fence] = await Promise.all([readShutdown(context), readFence(context, layout)])
      return isDone(control, fence, operationId)
        ? {
            done: true,
            sentence: `PostgreSQL on ${name} is stopped already, last checkpoint ${control.checkpointLsn}.`,
          }
        : { done: false }
    },
    async run({ doors, databases }, { signal }) {
      await doors.primary.writeFile(file)
      await databases.primary.close()
      await doors.primary.runOrThrow(stopFast(layout), { timeoutMs: stopMs, signal })
    },
    async verify(context) {
      const control = await readShutdown(context)
      if (!isShutDown(control))
        throw stepFailed(
          `PostgreSQL on ${name} was told to stop, and is “${control.clusterState}”.`,
          `Look into its log on ${name}.`,
        )
      return `PostgreSQL on ${name} is stopped in order, last checkpoint ${control.checkpointLsn}.`
    },
    async undo(context, { signal }) {
      const { doors, databases } = context
      const fence = await readFence(context, layout)
      if (fence.signal === fenceSignal(operationId))
        await doors.primary.runOrThrow(asDatabaseOwner(sh`rm -f -- ${file.path}`), { timeoutMs: 10_000 })
      // It may be on its way down still, or have been started read-only by somebody meanwhile.
      if (fence.isRunning && !(await serves(context))) {
        await databases.primary.close()
        await doors.primary.runOrThrow(stopPostgres(layout), { timeoutMs: startMs, signal })
      }
      if (!(await readFence(context, layout)).isRunning)
        await doors.primary.runOrThrow(startPostgres(layout), { timeoutMs: startMs, signal })
      await awaitAnswer(databases.primary, signal, async () => (await readFence(context, layout)).isRunning)
      return `PostgreSQL on ${name} runs as the primary again.`
    },
  }
}

/** Whether it answers and accepts writes: one that was told to stop does neither. */
async function serves({ databases }: SwitchoverContext): Promise<boolean> {
  try {
    const [row] = await databases.primary.query('select pg_is_in_recovery() as recovering')
    return row?.recovering === false
  } catch (error) {
    if (hasCode(error, 'POSTGRES_STARTING', 'POSTGRES_DOWN')) return false
    throw error
  }
}

/** Rule 1, read again just before the promotion: the old primary is shut down, and would come up read-only. Throws PRECONDITION_FAILED. */
export async function verifyShutDown(context: SwitchoverContext): Promise<void> {
  const { hosts, layouts, operationId } = context
  const [control, fence] = await Promise.all([readShutdown(context), readFence(context, layouts.primary)])
  if (isDone(control, fence, operationId)) return
  throw new AppError(
    'PRECONDITION_FAILED',
    `PostgreSQL on ${hosts.primary.name} is not stopped any more (${control.clusterState}).`,
    {
      fix: 'See who started it: nothing was promoted.',
    },
  )
}
