import { settingsDiff } from '@/lib/domain/settings-change'
import type { ChangeBasis, ChangeContext } from '@/lib/operations/change-settings/basis'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

/** The pair's settings as they are from here on: last, when both hosts have them. */
export function recordSettings({ facts, pair }: ChangeBasis): Step<ChangeContext> {
  const { before, after } = facts
  const lines = settingsDiff(before, after)
  const diff = lines.map((line) => `-${line.what}: ${line.before}\n+${line.what}: ${line.after}\n`).join('')
  /** As it is stored: the order of keys and what is left out say nothing. */
  const isDone = async ({ pairs }: ChangeContext) => {
    const now = await pairs.find(pair.id)
    return now !== null && settingsDiff(now, after).length === 0
  }
  return {
    planned: {
      id: 'record-settings',
      title: 'Record the settings',
      host: 'here',
      preview: [{ kind: 'file', path: `Settings of ${pair.slug}`, diff }],
      undo: 'undo',
      undoSentence: 'Records the settings as they were.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 5,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: 'They are recorded already.' }
        : { done: false }
    },
    async run({ pairs }) {
      await pairs.update(pair.id, after)
    },
    async verify(context) {
      if (!(await isDone(context))) throw stepFailed('They were not recorded.', 'Resume the operation.')
      return `${lines.length === 1 ? 'One setting is' : `${lines.length} settings are`} as chosen.`
    },
    async undo({ pairs }) {
      await pairs.update(pair.id, before)
      return 'The settings are recorded as they were.'
    },
  }
}
