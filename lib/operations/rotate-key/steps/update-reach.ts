import { toPreview } from '@/lib/commands/command'
import { bringReachBack, keepReach } from '@/lib/commands/key-rotation'
import type { PreviewLine } from '@/lib/domain/operation'
import type { Step } from '@/lib/operations/engine/step'
import type { ReachChange, RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { hostKeySentence } from '@/lib/operations/rotate-key/host-key-sentence'
import { stepFailed } from '@/lib/operations/step-failed'
import { haveFiles } from '@/lib/operations/write-files'

const timeoutMs = 20_000

/** The lines that change, old and new. */
function diffOf({ before, file }: ReachChange): PreviewLine {
  const [was, is] = [before ?? '', file.content].map((text) => text.split('\n'))
  const only = (lines: readonly string[] = [], others: readonly string[] = [], mark: string) =>
    lines.filter((line) => line !== '' && !others.includes(line)).map((line) => `${mark}${line}\n`)
  return { kind: 'file', path: file.path, diff: [...only(was, is, '-'), ...only(is, was, '+')].join('') }
}

/** The standby reaches the primary as the dashboard does, and accepts the host key that was confirmed for it and no other. */
export function updateReach(basis: RotateBasis): Step<RotateContext> {
  const { hosts, sync, mark, reach } = basis
  const at = sync.places.standby
  const files = reach.map(({ file }) => file)
  const keep = keepReach(at, mark)
  const hostKey = hostKeySentence(basis)
  return {
    planned: {
      id: 'update-reach',
      title: `Tell ${hosts.standby.name} how ${hosts.primary.name} is reached now, and by which host key it is known`,
      host: 'standby',
      preview: [
        { kind: 'command', text: toPreview(keep) },
        ...reach.map(diffOf),
        ...(hostKey === null ? [] : [{ kind: 'note' as const, text: hostKey }]),
      ],
      undo: 'undo',
      undoSentence: 'Brings these files back as they were.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check({ doors }) {
      return (await haveFiles(doors.standby, files))
        ? { done: true, sentence: `${hosts.standby.name} knows it already.` }
        : { done: false }
    },
    async run({ doors: { standby } }) {
      await standby.runOrThrow(keep, { timeoutMs })
      // Their folder is there: to make it is no right that is written down by itself.
      for (const file of files) await standby.writeFile(file)
    },
    async verify({ doors }) {
      if (!(await haveFiles(doors.standby, files)))
        throw stepFailed('Not all files are there as they were written.', 'Resume the operation.')
      return hostKey ?? `${hosts.standby.name} reaches ${hosts.primary.name} as Understudy does.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(bringReachBack(at, mark), { timeoutMs })
      return 'These files are as they were.'
    },
  }
}
