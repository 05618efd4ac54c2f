import { type Command, toPreview } from '@/lib/commands/command'
import { hookCommand } from '@/lib/commands/hook-command'
import { pairPlaces } from '@/lib/domain/host-places'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
import { jobLines } from '@/lib/operations/job-lines'
import type { ServeBasis } from '@/lib/operations/promote/basis'
import { stepFailed } from '@/lib/operations/step-failed'
import type { JobState } from '@/lib/ports/host-door'
import type { Hook } from '@/lib/profiles/schema'

const commandOf = ({ hosts: { primary, standby }, pair }: ServeBasis, { command }: Hook): Command =>
  hookCommand(pairPlaces(standby, pair.slug), command, {
    primary: standby.address,
    formerPrimary: primary.address,
  })

/** Follows it to its end; at its time-out it is ended on the host. */
async function follow(
  context: AnyOperationContext,
  io: StepIo,
  jobId: string,
  timeoutMs: number,
): Promise<void> {
  const { doors, clock } = context
  const late = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([io.signal, late])
  const show = jobLines(doors.standby, jobId, io)
  try {
    await followJob({ door: doors.standby, jobId, clock }, { ...io, signal }, show)
    await show()
  } catch (error) {
    if (!late.aborted) throw error
    await doors.standby.endJob(jobId, 2_000)
    io.output(`It did not end within ${timeoutMs / 1_000} s and was stopped.`)
  }
}

const endedWell = (job: JobState) => job.state === 'ended' && job.exitCode === 0

/**
 * One of the operator's own commands after a promotion. Its job and exit code stay on the host: that is how it is known to have
 * run. A hook that fails fails the operation, which can be resumed: the hook is then run again; the promotion itself stands.
 */
export function runHook(basis: ServeBasis, hook: Hook): Step<AnyOperationContext> {
  const { hosts, operationId } = basis
  const { name } = hosts.standby
  const jobId = `hook-${operationId}-${hook.id}`
  const timeoutMs = hook.timeoutSeconds * 1_000
  return {
    planned: {
      id: `hook-${hook.id}`,
      title: `Hook: ${hook.title}`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(commandOf(basis, hook)) }],
      undo: 'nothing-to-undo',
      undoSentence: 'What a hook did is not known here, so it stays.',
      irreversible: false,
      timeoutMs: timeoutMs + 30_000,
      attemptsMax: 1,
    },
    async check({ doors }) {
      const job = await doors.standby.jobState(jobId)
      return endedWell(job) ? { done: true, sentence: 'It has run.' } : { done: false }
    },
    async run(context, io) {
      const { standby } = context.doors
      await ensureJob(standby, jobId, commandOf(basis, hook))
      await follow(context, io, jobId, timeoutMs)
    },
    async verify({ doors }) {
      const job = await doors.standby.jobState(jobId)
      if (endedWell(job)) return `The hook ended with exit code 0 on ${name}.`
      const how = job.state === 'ended' ? `with exit code ${job.exitCode}` : 'without an exit code'
      throw stepFailed(
        `The hook “${hook.title}” ended ${how} on ${name}.`,
        `See its output. ${name} is promoted and serves; mend the hook, then resume: it is run again.`,
      )
    },
  }
}
