import { toPreview } from '@/lib/commands/command'
import { otherFileRole, removeFileRole, setFileRole } from '@/lib/commands/file-role'
import { lastSaid } from '@/lib/commands/last-said'
import { pairPlaces } from '@/lib/domain/host-places'
import type { Role } from '@/lib/domain/pair'
import { fileRolePath } from '@/lib/domain/sync-names'
import { AppError } from '@/lib/errors'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { readFileRoleOf } from '@/lib/operations/read-file-role'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 10_000

/**
 * Each host of a pair without a database is told its role for the files: no PostgreSQL says which way they flow, so this file
 * does, and the runner reads it at every run.
 */
export function fileRole({ hosts, pair }: FileBasis, role: Role): Step<FileContext> {
  const { name } = hosts[role]
  const at = pairPlaces(hosts[role], pair.slug)
  const set = setFileRole(at, ['none'], role)
  return {
    planned: {
      id: `${role}-file-role`,
      title: `Tell ${name} that it is the ${role} of the files`,
      host: role,
      preview: [{ kind: 'command', text: toPreview(set) }],
      undo: 'undo',
      undoSentence: `Removes ${fileRolePath(at)}.`,
      irreversible: false,
      timeoutMs: 30_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await readFileRoleOf(context, role)) === role
        ? { done: true, sentence: `${name} is the ${role} of the files already.` }
        : { done: false }
    },
    async run({ doors }) {
      const { exitCode, stdout, stderr } = await doors[role].run(set, { timeoutMs })
      if (exitCode === 0) return
      if (exitCode === otherFileRole)
        throw new AppError(
          'PRECONDITION_FAILED',
          `${name} says that it is the ${stdout.trim()} of the files of “${pair.slug}”.`,
          {
            fix: `Find out which host the application uses. If it is not ${name}, remove ${fileRolePath(at)}.`,
          },
        )
      throw new AppError('HOST_COMMAND_FAILED', `${fileRolePath(at)} could not be written on ${name}.`, {
        fix: 'See that there is room, then resume.',
        detail: lastSaid(stderr),
      })
    },
    async verify(context) {
      if ((await readFileRoleOf(context, role)) !== role)
        throw stepFailed(`${name} does not say that it is the ${role}.`, 'Resume the operation.')
      return `${fileRolePath(at)} says ${role}.`
    },
    async undo({ doors }) {
      await doors[role].runOrThrow(removeFileRole(at, role), { timeoutMs })
      return `${name} has no role for the files.`
    },
  }
}
