import { type Command, toPreview } from '@/lib/commands/command'
import { amcheckCopy, amcheckExitCodes } from '@/lib/commands/drill/check-copy'
import type { DrillCheck } from '@/lib/domain/drill'
import { amcheckJob } from '@/lib/domain/drill-places'
import { amcheckTitle, type DrillBasis, type DrillContext, drillNames } from '@/lib/operations/drill/basis'
import { givingWay } from '@/lib/operations/drill/give-way'
import { failed, keepCheck, readDrill, whileTrying } from '@/lib/operations/drill/keep-drill'
import { type Step, type StepIo, stopReason } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
import { jobLines } from '@/lib/operations/job-lines'
import { stepFailed } from '@/lib/operations/step-failed'

/** What the job's end says; null where it says nothing of the copy. It is silent unless it has found something. */
function amcheckAnswer(
  exitCode: number,
  { hasSpoken, minutes }: { readonly hasSpoken: boolean; readonly minutes: number },
): Pick<DrillCheck, 'outcome' | 'evidence'> | null {
  if (exitCode === amcheckExitCodes.fine)
    return {
      outcome: 'passed',
      evidence: 'Every table and B-tree index of every database was looked through.',
    }
  const where = 'what it found is in the output of its step.'
  if (exitCode === amcheckExitCodes.corrupt)
    return { outcome: 'failed', evidence: `Something is not as it must be: ${where}` }
  if (exitCode !== amcheckExitCodes.timedOut) return null
  return hasSpoken
    ? { outcome: 'failed', evidence: `It was ended after ${minutes} min; ${where}` }
    : {
        outcome: 'cut-short',
        evidence: `It was ended after ${minutes} min; until then it had found nothing.`,
      }
}

/** Begins it, or finds it running, and follows it to its end. */
async function lookThrough(context: DrillContext, io: StepIo, command: Command): Promise<DrillCheck> {
  const { doors, clock, operationId, facts } = context
  const jobId = amcheckJob(operationId)
  const begun = clock.now().getTime()
  await ensureJob(doors.standby, jobId, command, io.signal)
  const show = jobLines(doors.standby, jobId, io)
  const job = await followJob({ door: doors.standby, jobId, clock }, io, show)
  await show()
  const hasSpoken = (await doors.standby.jobOutput(jobId, 0)).text.trim() !== ''
  const minutes = facts.options.amcheckMinutes
  const answer = job.state === 'ended' ? amcheckAnswer(job.exitCode, { hasSpoken, minutes }) : null
  if (answer) return { id: 'amcheck', title: amcheckTitle, ...answer, tookMs: clock.now().getTime() - begun }
  throw await failed(
    context,
    'pg_amcheck could not look through the copy.',
    'See in the output of this step why; then drill again.',
    JSON.stringify(job),
  )
}

/** pg_amcheck, as a job on the standby that a new worker finds there. */
export function amcheckCopyStep(basis: DrillBasis): Step<DrillContext> {
  const { layouts, facts, operationId } = basis
  const { places, port } = drillNames(basis)
  const { binDirectory, osUser } = layouts.standby
  const minutes = facts.options.amcheckMinutes
  const command = amcheckCopy({ binDirectory, places, port, osUser, minutes })
  const jobId = amcheckJob(operationId)
  const readCheck = async (context: DrillContext) =>
    (await readDrill(context)).checks.find(({ id }) => id === 'amcheck')
  return whileTrying({
    planned: {
      id: 'amcheck-copy',
      title: 'Look for damage in tables and indexes',
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(command) }],
      undo: 'undo',
      undoSentence: 'Ends it if it runs.',
      irreversible: false,
      timeoutMs: (minutes + 10) * 60_000,
      attemptsMax: 1,
      mayFail: 'finding',
    },
    async check(context) {
      const { state } = await context.doors.standby.jobState(jobId)
      return state === 'ended' && (await readCheck(context)) !== undefined
        ? { done: true, sentence: 'It was looked through already.' }
        : { done: false }
    },
    async run(context, io) {
      try {
        const check = await givingWay(context, io, (inner) => lookThrough(context, inner, command))
        await keepCheck(context, check)
      } catch (error) {
        if (stopReason(io.signal) !== 'left-running')
          await context.doors.standby.endJob(jobId, 5_000).catch(() => undefined)
        throw error
      }
    },
    async verify(context) {
      const check = await readCheck(context)
      if (!check) throw stepFailed('pg_amcheck has no answer.', 'Resume the operation.')
      return check.evidence
    },
    async undo({ doors }) {
      await doors.standby.endJob(jobId, 5_000)
      await doors.standby.forgetJob(jobId)
      return 'It does not run.'
    },
  })
}
