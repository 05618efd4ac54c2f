import { concluded, drillSentences } from '@/lib/domain/drill'
import { AppError } from '@/lib/errors'
import { type DrillBasis, type DrillContext, drillNames } from '@/lib/operations/drill/basis'
import { gaveWayError, readDrill } from '@/lib/operations/drill/keep-drill'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const here = { host: 'here', irreversible: false, timeoutMs: 30_000, attemptsMax: 5 } as const

/** The drill is among those of its pair from its first moment on, so that one that ends in the middle is seen too. */
export function beginDrill(basis: DrillBasis): Step<DrillContext> {
  const { hosts, operationId, pair } = basis
  const { way } = drillNames(basis)
  const isBegun = async ({ drills }: DrillContext) => {
    const drill = await drills.find(operationId)
    return drill !== null && drill.phase !== 'taken-back'
  }
  return {
    planned: {
      ...here,
      id: 'begin-drill',
      title: 'Record that a drill has begun',
      preview: [{ kind: 'note', text: `It stands among the drills of ${pair.slug} from here on.` }],
      undo: 'undo',
      undoSentence: 'It stays there, as one that was broken off.',
    },
    async check(context) {
      return (await isBegun(context)) ? { done: true, sentence: 'It is recorded already.' } : { done: false }
    },
    async run({ drills, clock }) {
      await drills.begin({
        operationId,
        pairId: pair.id,
        hostName: hosts.standby.name,
        startedAt: clock.now().toISOString(),
        endedAt: null,
        outcome: 'running',
        reason: '',
        way,
        copy: null,
        recoveryMs: null,
        checks: [],
        phase: 'trying',
      })
    },
    async verify(context) {
      if (!(await isBegun(context))) throw stepFailed('It was not recorded.', 'Resume the operation.')
      return 'It is recorded.'
    },
    async undo({ drills, clock }) {
      if ((await drills.find(operationId)) === null) return 'It was not recorded.'
      await drills.change(operationId, (drill) => ({
        ...drill,
        ...(drill.outcome === 'running'
          ? { outcome: 'broken-off', reason: 'It was taken back before its end.' }
          : {}),
        endedAt: drill.endedAt ?? clock.now().toISOString(),
        phase: 'taken-back',
      }))
      return 'It is recorded as one that was broken off.'
    },
  }
}

/** All is removed: what the drill came to is recorded, with its end. */
export function recordDrill(): Step<DrillContext> {
  const isEnded = async (context: DrillContext) => (await readDrill(context)).endedAt !== null
  return {
    planned: {
      ...here,
      id: 'record-drill',
      title: 'Record what the drill showed',
      preview: [{ kind: 'note', text: 'Its times, each check with its answer, and how it ended.' }],
      undo: 'nothing-to-undo',
      undoSentence: 'What was seen stays recorded.',
    },
    async check(context) {
      return (await isEnded(context)) ? { done: true, sentence: 'It is recorded already.' } : { done: false }
    },
    async run(context) {
      const { drills, clock, operationId } = context
      await drills.change(operationId, (drill) => ({
        ...drill,
        ...concluded(drill),
        endedAt: drill.endedAt ?? clock.now().toISOString(),
      }))
    },
    async verify(context) {
      if (!(await isEnded(context))) throw stepFailed('It was not recorded.', 'Resume the operation.')
      return 'It is recorded.'
    },
  }
}

/** Says how the drill ended, as the operation's own outcome: everything is removed by then, whatever it was. */
export function judgeDrill(): Step<DrillContext> {
  return {
    planned: {
      ...here,
      id: 'judge-drill',
      title: 'Say how the drill ended',
      preview: [
        { kind: 'note', text: 'It passed where the copy came up, took a row, and every check passed.' },
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'What was seen stays recorded.',
      attemptsMax: 1,
      mayFail: 'finding',
    },
    check: async () => ({ done: false }),
    run: async () => undefined,
    async verify(context) {
      const drill = await readDrill(context)
      if (drill.outcome === 'gave-way') throw gaveWayError(drill.reason)
      if (drill.outcome !== 'passed')
        throw new AppError('STEP_FAILED', drill.reason, {
          fix: 'See its checks on the page of drills. What was tried is what a promotion would start from.',
        })
      return drillSentences(drill).join(' ')
    },
  }
}
