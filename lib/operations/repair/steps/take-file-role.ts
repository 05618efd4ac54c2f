import { toPreview } from '@/lib/commands/command'
import { removeFileRole, setFileRole } from '@/lib/commands/file-role'
import { pairPlaces } from '@/lib/domain/host-places'
import type { Step } from '@/lib/operations/engine/step'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { readFileRoleOf } from '@/lib/operations/read-file-role'
import type { RepairFileBasis, RepairFileContext } from '@/lib/operations/repair/basis'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 10_000

/** The former primary of a pair without a database becomes the standby of the files: from here on they flow onto it. */
export function takeFileRole({ hosts, pair, facts }: RepairFileBasis): Step<RepairFileContext> {
  const { name } = hosts.standby
  const at = pairPlaces(hosts.standby, pair.slug)
  const before = facts.fileRoles?.standby ?? null
  const set = setFileRole(at, ['former', 'none'], 'standby')
  return {
    planned: {
      id: 'take-file-role',
      title: `Make ${name} the standby of the files`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(set) }],
      undo: 'undo',
      undoSentence: before === null ? 'It has no role for the files again.' : `It is ${before} again.`,
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 3,
    },
    prove: proveFileRole('primary', ['primary']),
    async check(context) {
      return (await readFileRoleOf(context, 'standby')) === 'standby'
        ? { done: true, sentence: `${name} is the standby of the files already.` }
        : { done: false }
    },
    async run({ doors }) {
      await doors.standby.runOrThrow(set, { timeoutMs })
    },
    async verify(context) {
      const role = await readFileRoleOf(context, 'standby')
      if (role !== 'standby')
        throw stepFailed(`${name} says that it is ${role ?? 'nothing'}.`, 'Resume the operation.')
      return `${name} is the standby of the files.`
    },
    async undo({ doors }) {
      if (before === 'former')
        await doors.standby.runOrThrow(setFileRole(at, ['standby'], 'former'), { timeoutMs })
      else await doors.standby.runOrThrow(removeFileRole(at, 'standby'), { timeoutMs })
      return before === null ? `${name} has no role for the files.` : `${name} is ${before} again.`
    },
  }
}
