import { toPreview } from '@/lib/commands/command'
import { findEscapes, isolationFiles } from '@/lib/commands/drill/copy-server'
import { findDrillMark } from '@/lib/commands/drill/drill-roots'
import { type DrillBasis, type DrillContext, drillNames } from '@/lib/operations/drill/basis'
import { whileTrying } from '@/lib/operations/drill/keep-drill'
import type { Step } from '@/lib/operations/engine/step'
import { filePreview } from '@/lib/operations/file-preview'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 60_000

/** The copy becomes a server of its own before it is started: no network, no primary, no archive, no background work, no way out of its directory. */
export function isolateCopy(basis: DrillBasis): Step<DrillContext> {
  const { layouts, shared } = basis
  const { places, port, sentinel } = drillNames(basis)
  const { osUser } = layouts.standby
  const files = isolationFiles({ places, port, shared, sentinel, osUser })
  const empty = files.filter(({ content }) => content === '').map(({ path }) => path)
  const isIsolated = async ({ doors }: DrillContext) =>
    (await doors.standby.run(findDrillMark(places, 'isolated'), { timeoutMs })).exitCode === 0
  const readEscapes = async ({ doors }: DrillContext) =>
    (await doors.standby.runOrThrow(findEscapes(places), { timeoutMs })).stdout.trim()
  return whileTrying({
    planned: {
      id: 'isolate-copy',
      title: 'Make the copy a server of its own',
      host: 'standby',
      preview: [
        ...files.filter(({ content }) => content !== '').map(filePreview),
        { kind: 'command', text: toPreview(findEscapes(places)) },
        {
          kind: 'note',
          text: `Nothing may be found by that: what leads out of the copy is not started. Empty are ${empty.join(', ')}; the last says that all of them are there.`,
        },
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'It is removed with the copy.',
      irreversible: false,
      timeoutMs: 180_000,
      attemptsMax: 2,
    },
    async check(context) {
      return (await isIsolated(context))
        ? { done: true, sentence: 'It is a server of its own already.' }
        : { done: false }
    },
    async run(context) {
      if (await isIsolated(context)) return
      const escapes = await readEscapes(context)
      if (escapes !== '')
        throw stepFailed(
          'The copy has links that lead out of it: it is not started.',
          'Look at the links in the standby’s data directory: PostgreSQL knows only those of pg_wal and of tablespaces.',
          escapes,
        )
      for (const file of files) await context.doors.standby.writeFile(file)
    },
    async verify(context) {
      if (!(await isIsolated(context))) throw stepFailed('It was not set up.', 'Resume the operation.')
      const escapes = await readEscapes(context)
      if (escapes !== '')
        throw stepFailed('The copy has links that lead out of it.', 'Undo the drill.', escapes)
      return 'It listens on no network, has no primary, archives nothing, and all of its files are its own.'
    },
  })
}
