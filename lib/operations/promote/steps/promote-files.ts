import { toPreview } from '@/lib/commands/command'
import { setFileRole } from '@/lib/commands/file-role'
import { pairPlaces } from '@/lib/domain/host-places'
import { AppError } from '@/lib/errors'
import type { Step } from '@/lib/operations/engine/step'
import { isListening } from '@/lib/operations/is-listening'
import type { AnyPromoteBasis } from '@/lib/operations/promote/basis'
import type { AnyPromoteContext } from '@/lib/operations/promote/context'
import { proveFileRole } from '@/lib/operations/prove-file-role'
import { readFileRoleOf } from '@/lib/operations/read-file-role'
import { stepFailed } from '@/lib/operations/step-failed'

/** Rule 1, read again just before: a primary that was away at plan time, and so is not fenced, must not answer now. */
async function verifyPrimaryAway({ doors, hosts, facts }: AnyPromoteContext): Promise<void> {
  if (facts.primary.machine.seen) return
  const { address, port, name } = hosts.primary
  if (!(await isListening(doors.standby, address, port))) return
  throw new AppError('PRECONDITION_FAILED', `${name} answers again and is not fenced.`, {
    fix: 'Close this operation and plan the promotion anew: it fences the old primary first, or is not needed any more.',
  })
}

/** The standby of a pair without a database becomes the primary of the files: from here on none flows onto it. */
export function promoteFiles({ hosts, pair }: AnyPromoteBasis): Step<AnyPromoteContext> {
  const { name } = hosts.standby
  const set = setFileRole(pairPlaces(hosts.standby, pair.slug), ['standby'], 'primary')
  const prove = proveFileRole<AnyPromoteContext>('standby', ['standby', 'primary'])
  return {
    planned: {
      id: 'promote-files',
      title: `Make ${name} the primary of the files`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(set) }],
      undo: 'forward-only',
      undoSentence: 'From here on it only goes forward.',
      irreversible: true,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async prove(context, io) {
      const sentence = await prove(context, io)
      if ((await readFileRoleOf(context, 'standby')) === 'standby') await verifyPrimaryAway(context)
      return sentence
    },
    async check(context) {
      return (await readFileRoleOf(context, 'standby')) === 'primary'
        ? { done: true, sentence: `${name} is the primary of the files already.` }
        : { done: false }
    },
    async run({ doors }) {
      await doors.standby.runOrThrow(set, { timeoutMs: 10_000 })
    },
    async verify(context) {
      const role = await readFileRoleOf(context, 'standby')
      if (role !== 'primary')
        throw stepFailed(`${name} says that it is ${role ?? 'nothing'}.`, 'Resume the operation.')
      return `${name} is the primary of the files, and its runner copies nothing onto it.`
    },
  }
}
