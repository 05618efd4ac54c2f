import { toPreview } from '@/lib/commands/command'
import {
  copyStatus,
  promoteCopy,
  readCopyLog,
  recoveryQuestion,
  startCopy,
  stopCopy,
  writeDrillRow,
} from '@/lib/commands/drill/copy-server'
import { recoveryWords } from '@/lib/domain/drill'
import { type AppError, hasCode } from '@/lib/errors'
import { awaitFact } from '@/lib/operations/await-fact'
import { type DrillBasis, type DrillContext, drillNames } from '@/lib/operations/drill/basis'
import { inCopy } from '@/lib/operations/drill/copy-session'
import { givingWay } from '@/lib/operations/drill/give-way'
import { failed, keepCheck, keepDrill, readDrill, whileTrying } from '@/lib/operations/drill/keep-drill'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const quickMs = 15_000
const startMs = 60_000
const everyMs = 500
/** Of what the copy's server has said before it ended. */
const logLines = 20

const runs = async ({ doors, layouts, ...context }: DrillContext): Promise<boolean> => {
  const { places } = drillNames({ layouts, ...context })
  return (await doors.standby.run(copyStatus(layouts.standby, places), { timeoutMs: quickMs })).exitCode === 0
}

/** The copy's server has ended by itself: that it does not come up is what the drill was to find out. */
async function ended(context: DrillContext, io: StepIo) {
  const { places } = drillNames(context)
  const log = readCopyLog(places, logLines)
  const { stdout } = await context.doors.standby.runOrThrow(log, { timeoutMs: quickMs })
  for (const line of stdout.trimEnd().split('\n')) io.output(line)
  const { name } = context.hosts.standby
  return failed(
    context,
    `The copy of ${name} did not come up: its server ended during recovery.`,
    `See in the output of this step what it said. A promotion of ${name} would end the same way: re-pair it.`,
  )
}

const refused = (context: DrillContext, { message, detail }: AppError) =>
  failed(
    context,
    `The copy came up and did not take its first row: ${message}`,
    `See in the dashboard’s log what it said. A promotion of ${context.hosts.standby.name} would end the same way.`,
    detail,
  )

/** Tells the copy to be a primary until it takes its row: by the first time it may still be on its way up, and not hear it. */
async function untilWritten(context: DrillContext, io: StepIo): Promise<void> {
  const { doors, layouts, operationId } = context
  const { places } = drillNames(context)
  await awaitFact({ signal: io.signal, everyMs }, async () => {
    try {
      await inCopy(context, io, 'postgres', (session) => session.query(writeDrillRow(operationId).text))
      return true
    } catch (error) {
      if (hasCode(error, 'POSTGRES_QUERY_FAILED')) throw await refused(context, error)
      if (!hasCode(error, 'POSTGRES_STARTING', 'POSTGRES_DOWN', 'POSTGRES_TIMED_OUT')) throw error
    }
    if (!(await runs(context))) throw await ended(context, io)
    await doors.standby.run(promoteCopy(layouts.standby, places), { timeoutMs: quickMs })
    return null
  })
}

type Recovered = { readonly recoveryMs: number | null; readonly timeline: number }

/** What the copy itself says of its recovery; null while it does not answer, or has no row of this drill. */
async function readRecovered(context: DrillContext, io: Pick<StepIo, 'signal'>): Promise<Recovered | null> {
  try {
    const [row] = await inCopy(context, io, 'postgres', (session) =>
      session.query(recoveryQuestion, [context.operationId]),
    )
    const ms = row?.recovery_ms
    return row ? { recoveryMs: typeof ms === 'number' ? ms : null, timeline: Number(row.timeline) } : null
  } catch (error) {
    if (hasCode(error, 'POSTGRES_STARTING', 'POSTGRES_DOWN', 'POSTGRES_QUERY_FAILED')) return null
    throw error
  }
}

async function keepRecovered(context: DrillContext, { recoveryMs, timeline }: Recovered): Promise<void> {
  // One that was started anew, because its host was, can't tell any more how long it took.
  if (recoveryMs !== null) await keepDrill(context, { recoveryMs: Math.round(recoveryMs) })
  await keepCheck(context, {
    id: 'takes-writes',
    title: 'Takes writes',
    outcome: 'passed',
    evidence: `A row was written and read, on timeline ${timeline}.`,
    tookMs: Math.round(recoveryMs ?? 0),
  })
}

/** The copy is started, recovers as a standby that is promoted does, and takes its first row: how long that takes is what a promotion would take. */
export function recoverCopy(basis: DrillBasis): Step<DrillContext> {
  const { layouts, operationId, hosts } = basis
  const { places } = drillNames(basis)
  return whileTrying({
    planned: {
      id: 'recover-copy',
      title: 'Start the copy, promote it, and write a row',
      host: 'standby',
      preview: [
        { kind: 'command', text: toPreview(startCopy(layouts.standby, places)) },
        { kind: 'command', text: toPreview(promoteCopy(layouts.standby, places)) },
        { kind: 'sql', text: writeDrillRow(operationId).preview },
        {
          kind: 'note',
          text: `In the copy. The time from its start to that row is what a promotion of ${hosts.standby.name} would need for its recovery, at the least.`,
        },
      ],
      undo: 'undo',
      undoSentence: 'Stops the copy.',
      irreversible: false,
      timeoutMs: 12 * 3_600_000,
      attemptsMax: 1,
      mayFail: 'finding',
    },
    async check(context, io) {
      const isKept = (await readDrill(context)).checks.some(({ id }) => id === 'takes-writes')
      return isKept && (await readRecovered(context, io)) !== null
        ? { done: true, sentence: 'The copy runs and has its row already.' }
        : { done: false }
    },
    async run(context, io) {
      await givingWay(context, io, async (inner) => {
        if (!(await runs(context)))
          await context.doors.standby.run(startCopy(layouts.standby, places), {
            timeoutMs: startMs,
            signal: inner.signal,
          })
        await untilWritten(context, inner)
        const recovered = await readRecovered(context, inner)
        if (recovered === null) throw await ended(context, inner)
        await keepRecovered(context, recovered)
      })
    },
    async verify(context, io) {
      const recovered = await readRecovered(context, io)
      if (recovered === null) throw stepFailed('The copy does not answer.', 'Resume the operation.')
      const { recoveryMs } = await readDrill(context)
      const took = recoveryMs === null ? '' : ` ${recoveryWords(recoveryMs)} after its start`
      return `The copy took its first row${took}, on timeline ${recovered.timeline}.`
    },
    async undo(context) {
      await context.doors.standby.runOrThrow(stopCopy(layouts.standby, places), { timeoutMs: 90_000 })
      return 'The copy is stopped.'
    },
  })
}
