import { asDatabaseOwner, sh, toPreview } from '@/lib/commands/command'
import { fenceFile, fenceSignal } from '@/lib/commands/fence'
import { controlData, startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import { stopFast } from '@/lib/commands/stop-fast'
import { formatBytes } from '@/lib/domain/format-bytes'
import type { PlannedStep } from '@/lib/domain/operation'
import { AppError, hasCode } from '@/lib/errors'
import { type ControlData, parseControlData } from '@/lib/facts/control-data'
import type { FenceFacts } from '@/lib/facts/fence-facts'
import { askHost } from '@/lib/operations/ask-host'
import { awaitAnswer } from '@/lib/operations/await-answer'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { proveOldPrimary } from '@/lib/operations/promote/steps/prove-old-primary'
import { readFence } from '@/lib/operations/read-fence'
import { stepFailed } from '@/lib/operations/step-failed'
import type { SwitchoverBasis, SwitchoverContext } from '@/lib/operations/switchover/basis'
import { missingBytes } from '@/lib/operations/switchover/missing-bytes'

const stopMs = 60_000
/** What a stopped primary sent is on its way: longer than this nobody is kept from writing. */
const receiveMs = 10_000
const startMs = 330_000

/** Read on the kept shell: how long nobody can write is counted in milliseconds. */
async function readShutdown({ doors, layouts }: SwitchoverContext): Promise<ControlData> {
  const question = controlData(layouts.primary, layouts.primary.dataDirectory)
  return parseControlData(await askHost(doors.primary, question))
}

/** As `pg_controldata` says it of a primary that was stopped in order. */
export const isShutDown = ({ clusterState }: ControlData): boolean => clusterState === 'shut down'

/** Stopped in order, and read-only however it is started again. */
const isDone = (control: ControlData, { signal }: FenceFacts, operationId: string) =>
  isShutDown(control) && signal === fenceSignal(operationId)

/** It is shut down in order, and the standby has all. Throws STEP_FAILED with what is not so. */
async function verifyReceived(context: SwitchoverContext, control: ControlData): Promise<string> {
  const { primary, standby } = context.hosts
  const { clusterState, checkpointLsn } = control
  if (!isShutDown(control))
    throw stepFailed(
      `PostgreSQL on ${primary.name} was told to stop, and is “${clusterState}”.`,
      `Look into its log on ${primary.name}.`,
    )
  const missing = await missingBytes(context, checkpointLsn)
  if (missing > 0)
    throw stepFailed(
      `${standby.name} lacks ${formatBytes(missing)} of what ${primary.name} wrote, up to its shutdown checkpoint ${checkpointLsn}.`,
      `See on ${standby.name} why it receives nothing; ${primary.name} has all of it.`,
    )
  return `PostgreSQL on ${primary.name} is stopped in order, and ${standby.name} has its shutdown checkpoint ${checkpointLsn}: nothing is lost.`
}

/** The old primary serves again, whatever came of its stop. */
async function startAgain(context: SwitchoverContext, { signal }: StepIo): Promise<string> {
  const { doors, databases, hosts, layouts, operationId } = context
  const layout = layouts.primary
  const file = fenceFile(layout, operationId)
  const fence = await readFence(context.doors.primary, layout)
  if (fence.signal === fenceSignal(operationId))
    await doors.primary.runOrThrow(asDatabaseOwner(sh`rm -f -- ${file.path}`), { timeoutMs: 10_000 })
  // It may be on its way down still, or have been started read-only by somebody meanwhile.
  if (fence.isRunning && !(await serves(context))) {
    await databases.primary.close()
    await doors.primary.runOrThrow(stopPostgres(layout), { timeoutMs: startMs, signal })
  }
  if (!(await readFence(context.doors.primary, layout)).isRunning)
    await doors.primary.runOrThrow(startPostgres(layout), { timeoutMs: startMs, signal })
  await awaitAnswer(
    databases.primary,
    signal,
    async () => (await readFence(context.doors.primary, layout)).isRunning,
  )
  return `PostgreSQL on ${hosts.primary.name} runs as the primary again.`
}

function plannedOf({ hosts, layouts, operationId }: SwitchoverBasis): PlannedStep {
  const { name } = hosts.primary
  const file = fenceFile(layouts.primary, operationId)
  return {
    id: 'stop-primary',
    title: `Stop PostgreSQL on ${name}, and prove that ${hosts.standby.name} has everything that it wrote`,
    host: 'primary',
    preview: [
      { kind: 'file', path: file.path, diff: `+${fenceSignal(operationId)}\n` },
      { kind: 'command', text: toPreview(stopFast(layouts.primary)) },
      {
        kind: 'note',
        text: `From here on nobody writes. Its shutdown checkpoint (pg_controldata) against the received LSN of ${hosts.standby.name}; waits up to ${receiveMs / 1_000} s.`,
      },
    ],
    undo: 'undo',
    undoSentence: `Starts PostgreSQL on ${name} as the primary again.`,
    irreversible: false,
    timeoutMs: 120_000,
    attemptsMax: 1,
  }
}

/**
 * From here on nobody writes. `standby.signal` comes first, so that whatever starts it again finds a standby; then the postmaster is told
 * itself: what a service manager does around a stop is not waited for. It is done when the standby has all that it wrote: one step, for
 * between two nobody can write.
 */
export function stopPrimary(basis: SwitchoverBasis): Step<SwitchoverContext> {
  const { layouts, operationId } = basis
  const layout = layouts.primary
  const file = fenceFile(layout, operationId)
  return {
    planned: plannedOf(basis),
    prove: proveOldPrimary(basis, layout),
    async check(context) {
      const [control, fence] = await Promise.all([
        readShutdown(context),
        readFence(context.doors.primary, layout),
      ])
      return isDone(control, fence, operationId) && (await missingBytes(context, control.checkpointLsn)) <= 0
        ? { done: true, sentence: await verifyReceived(context, control) }
        : { done: false }
    },
    async run(context, { signal }) {
      const { doors, databases, clock } = context
      await doors.primary.writeFile(file)
      await databases.primary.close()
      const { stdout } = await doors.primary.runOrThrow(stopFast(layout), { timeoutMs: stopMs, signal })
      const { checkpointLsn } = parseControlData(stdout)
      const hasAll = async () => (await missingBytes(context, checkpointLsn)) <= 0
      await awaitFactFor({ signal, everyMs: 2, waitMs: receiveMs, clock }, hasAll)
    },
    verify: async (context) => verifyReceived(context, await readShutdown(context)),
    undo: startAgain,
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
  const [control, fence] = await Promise.all([
    readShutdown(context),
    readFence(context.doors.primary, layouts.primary),
  ])
  if (isDone(control, fence, operationId)) return
  throw new AppError(
    'PRECONDITION_FAILED',
    `PostgreSQL on ${hosts.primary.name} is not stopped any more (${control.clusterState}).`,
    {
      fix: 'See who started it: nothing was promoted.',
    },
  )
}
