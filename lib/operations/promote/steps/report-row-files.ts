import { rowFilesNames } from '@/lib/commands/row-files'
import { type RowFiles, rowFilesLines, rowFilesSentences } from '@/lib/domain/row-files'
import type { AnyOperationContext } from '@/lib/operations/context'
import { readOnly } from '@/lib/operations/drill/look-through'
import type { Step } from '@/lib/operations/engine/step'
import type { ServeBasis } from '@/lib/operations/promote/basis'
import { lookForRowFiles, rowFilesOf } from '@/lib/operations/row-files/look-for-files'

/** The promotion itself is done: this may take its time, and ends all the same. */
const lookMs = 600_000

/**
 * Which files that rows refer to the promoted host lacks, once everything else is done. It finds out and changes nothing: that something is missing,
 * or could not be asked, is a part of the report and no failure of the promotion.
 */
export function reportRowFiles(basis: ServeBasis): Step<AnyOperationContext> {
  const { hosts, profile, pair } = basis
  const { name } = hosts.standby
  /** Of this worker: one that takes the step up looks again. */
  let found: RowFiles | null = null
  return {
    planned: {
      id: 'report-row-files',
      title: `Look on ${name} for the files that rows refer to`,
      host: 'standby',
      preview: [
        { kind: 'sql', text: readOnly },
        ...rowFilesOf(profile, pair).flatMap(({ query, directory }) => [
          { kind: 'sql' as const, text: rowFilesNames(query.query, 'text', true) },
          {
            kind: 'note' as const,
            text: `And so on, page by page; each is looked for in ${directory.path}.`,
          },
        ]),
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'It only looked.',
      irreversible: false,
      timeoutMs: lookMs + 60_000,
      attemptsMax: 1,
    },
    check: async () => ({ done: false }),
    async run(context, io) {
      const { doors, clock } = context
      const until = AbortSignal.any([io.signal, AbortSignal.timeout(lookMs)])
      found = await lookForRowFiles({ door: doors.standby, host: hosts.standby, profile, pair, clock }, until)
      io.signal.throwIfAborted()
      for (const line of found ? rowFilesLines(found) : []) io.output(line)
    },
    async verify() {
      return found ? rowFilesSentences(found).join(' ') : 'There is nothing to look for.'
    },
  }
}
