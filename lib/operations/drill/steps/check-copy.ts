import { readRelations, relationsQuestion } from '@/lib/commands/drill/check-copy'
import { type DrillCheck, failedChecks } from '@/lib/domain/drill'
import { amcheckTitle, type DrillBasis, type DrillContext, whyNoAmcheck } from '@/lib/operations/drill/basis'
import { givingWay } from '@/lib/operations/drill/give-way'
import { keepCheck, readDrill, whileTrying } from '@/lib/operations/drill/keep-drill'
import { askProfileCheck, readOnly, readTables } from '@/lib/operations/drill/look-through'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const hasCheck = async (context: DrillContext, id: string): Promise<boolean> =>
  (await readDrill(context)).checks.some((check) => check.id === id)

/** The check that is asked last: with it all of them have their answer. */
const lastCheckOf = ({ profile }: Pick<DrillBasis, 'profile'>): string => {
  const last = profile.checks.at(-1)
  return last ? `profile-${last.id}` : 'tables'
}

/** Every table is read, and what the profile asks is asked. That something is not as it must be is a finding, and no failure of the step. */
export function checkCopy(basis: DrillBasis): Step<DrillContext> {
  const { profile } = basis
  const leftOut = whyNoAmcheck(basis)
  const keepSaid = async (context: DrillContext, io: StepIo, check: DrillCheck) => {
    io.output(`${check.title}: ${check.outcome}. ${check.evidence}`)
    await keepCheck(context, check)
  }
  return whileTrying({
    planned: {
      id: 'check-copy',
      title: 'Look through the copy',
      host: 'standby',
      preview: [
        { kind: 'sql', text: relationsQuestion },
        { kind: 'sql', text: readRelations([]).preview },
        ...(profile.checks.length > 0 ? [{ kind: 'sql' as const, text: readOnly }] : []),
        ...profile.checks.map(({ query }) => ({ kind: 'sql' as const, text: query })),
        ...(leftOut === null ? [] : [{ kind: 'note' as const, text: `${amcheckTitle}: ${leftOut}` }]),
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'It only looked.',
      irreversible: false,
      timeoutMs: 12 * 3_600_000,
      attemptsMax: 1,
      mayFail: 'finding',
    },
    async check(context) {
      return (await hasCheck(context, lastCheckOf(basis)))
        ? { done: true, sentence: 'It was looked through already.' }
        : { done: false }
    },
    async run(context, io) {
      await givingWay(context, io, async (inner) => {
        if (leftOut !== null)
          await keepCheck(context, {
            id: 'amcheck',
            title: amcheckTitle,
            outcome: 'left-out',
            evidence: leftOut,
            tookMs: 0,
          })
        await keepSaid(context, io, await readTables(context, inner))
        for (const check of profile.checks) {
          inner.signal.throwIfAborted()
          await keepSaid(context, io, await askProfileCheck(context, inner, check))
        }
      })
    },
    async verify(context) {
      const drill = await readDrill(context)
      const asked = drill.checks.filter(({ id }) => id === 'tables' || id.startsWith('profile-'))
      if (asked.length !== 1 + profile.checks.length)
        throw stepFailed('Not every check has its answer.', 'Resume the operation.')
      const wrong = failedChecks({ checks: asked })
      return wrong.length === 0
        ? `${asked.length} of ${asked.length} checks passed.`
        : `${asked.length - wrong.length} of ${asked.length} checks passed; not: ${wrong.map(({ title }) => title).join(', ')}.`
    },
  })
}
