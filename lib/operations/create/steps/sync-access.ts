import { toPreview } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import {
  addAuthorization,
  authorizedLine,
  findAuthorization,
  makeAccessDirectory,
  proveAccess,
  removeAccessDirectory,
  removeAuthorization,
} from '@/lib/commands/sync-access'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import { readSyncKey } from '@/lib/operations/create/steps/sync-key'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import { syncOf } from '@/lib/operations/sync-of'

const timeoutMs = 20_000

/** The standby's key is let in on the primary: from the standby's address, for `understudy-send` alone. */
export function syncAccess(basis: FileBasis): Step<FileContext> {
  const { hosts } = basis
  const sync = syncOf(basis)
  const { user } = sync.primary
  const at = sync.places.primary
  const shown = authorizedLine(sync, '<the public key made on the standby>')
  const isDone = async (context: FileContext) => {
    const key = await readSyncKey(context)
    if (key === '') return false
    const find = findAuthorization(user, authorizedLine(sync, key))
    return (await context.doors.primary.run(find, { timeoutMs })).exitCode === 0
  }
  return {
    planned: {
      id: 'sync-access',
      title: `Let ${hosts.standby.name} read the ${sync.directories.length > 0 ? 'directories' : 'list of packages'} of ${hosts.primary.name}`,
      host: 'primary',
      preview: [
        { kind: 'command', text: toPreview(makeAccessDirectory(at, user)) },
        { kind: 'command', text: toPreview(addAuthorization(at, user, shown)) },
        {
          kind: 'note',
          text: `Proved from ${hosts.standby.name}: it is let in, and every other command is refused.`,
        },
      ],
      undo: 'undo',
      undoSentence: `Brings back authorized_keys of ${user} as it was.`,
      irreversible: false,
      timeoutMs: 90_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `The key stands in authorized_keys of ${user} already.` }
        : { done: false }
    },
    async run(context) {
      const line = authorizedLine(sync, await readSyncKey(context))
      const { primary } = context.doors
      await primary.runOrThrow(makeAccessDirectory(at, user), { timeoutMs })
      await primary.runOrThrow(addAuthorization(at, user, line), { timeoutMs })
    },
    async verify({ doors }) {
      const proof = await doors.standby.run(proveAccess(sync), { timeoutMs })
      if (!proof.stderr.startsWith('understudy-send: not-allowed:'))
        throw stepFailed(
          `${hosts.standby.name} is not let in on ${hosts.primary.name} as ${user}.`,
          `See the log of sshd on ${hosts.primary.name}: is the port open for ${hosts.standby.address}, does it read ~/.ssh/authorized_keys? Then resume.`,
          `exit code ${proof.exitCode}: ${lastSaid(proof.stderr)}`,
        )
      return `${hosts.standby.name} is let in as ${user}, and anything but ${sync.packages ? 'that' : 'a copy of the directories'} is refused.`
    },
    async undo({ doors }) {
      await doors.primary.runOrThrow(removeAuthorization(at, user), { timeoutMs })
      await doors.primary.runOrThrow(removeAccessDirectory(at), { timeoutMs })
      return `authorized_keys of ${user} is as it was.`
    },
  }
}
