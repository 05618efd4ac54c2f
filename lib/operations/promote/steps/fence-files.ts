import { toPreview } from '@/lib/commands/command'
import { setFileRole } from '@/lib/commands/file-role'
import { pairPlaces } from '@/lib/domain/host-places'
import type { Step } from '@/lib/operations/engine/step'
import type { AnyPromoteBasis } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext } from '@/lib/operations/promote/context'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { readFileRoleOf } from '@/lib/operations/read-file-role'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 10_000

/** The old primary of a pair without a database knows itself that it is not the primary of the files any more. */
export function fenceFiles({ hosts, pair }: AnyPromoteBasis): Step<AnyPromoteContext> {
  const { name } = hosts.primary
  const at = pairPlaces(hosts.primary, pair.slug)
  const set = setFileRole(at, ['primary'], 'former')
  return {
    planned: {
      id: 'fence-files',
      title: `Fence ${name}: it is not the primary of the files any more`,
      host: 'primary',
      preview: [{ kind: 'command', text: toPreview(set) }],
      undo: 'undo',
      undoSentence: `Makes ${name} the primary of the files again.`,
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 3,
    },
    prove: proveFileRole('primary', ['primary', 'former']),
    async check(context) {
      return (await readFileRoleOf(context, 'primary')) === 'former'
        ? { done: true, sentence: `${name} is fenced already.` }
        : { done: false }
    },
    async run({ doors }) {
      await doors.primary.runOrThrow(set, { timeoutMs })
    },
    async verify(context) {
      const role = await readFileRoleOf(context, 'primary')
      if (role !== 'former')
        throw stepFailed(
          `${name} is not fenced: it says that it is ${role ?? 'nothing'}.`,
          'Resume the operation.',
        )
      return `${name} is the former primary, and says so itself.`
    },
    async undo({ doors }) {
      await doors.primary.runOrThrow(setFileRole(at, ['former'], 'primary'), { timeoutMs })
      return `${name} is the primary of the files.`
    },
  }
}
