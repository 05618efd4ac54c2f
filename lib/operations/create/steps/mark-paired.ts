import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

/** The dashboard watches the two hosts as a pair from here on. */
export function markPaired({ pair, hosts }: FileBasis): Step<FileContext> {
  const isPaired = async ({ pairs, pair: { id } }: FileContext) => (await pairs.find(id))?.isPaired === true
  return {
    planned: {
      id: 'mark-paired',
      title: `Record that ${hosts.primary.name} and ${hosts.standby.name} are a pair`,
      host: 'here',
      preview: [{ kind: 'note', text: `The pair ${pair.slug} is watched as one from here on.` }],
      undo: 'undo',
      undoSentence: 'Takes the record back.',
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isPaired(context)) ? { done: true, sentence: 'It is recorded already.' } : { done: false }
    },
    async run(context) {
      await context.pairs.update(context.pair.id, { isPaired: true })
    },
    async verify(context) {
      if (!(await isPaired(context))) throw stepFailed('The pair was not recorded.', 'Resume the operation.')
      return `${hosts.standby.name} stands by for ${hosts.primary.name}.`
    },
    async undo(context) {
      await context.pairs.update(context.pair.id, { isPaired: false })
      return 'The hosts are no pair.'
    },
  }
}
