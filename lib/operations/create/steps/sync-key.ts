import { toPreview } from '@/lib/commands/command'
import { ensureKey, readKey, removeKey } from '@/lib/commands/sync-access'
import { pairPlaces } from '@/lib/domain/host-places'
import { syncKeyPath } from '@/lib/domain/sync-names'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000

/** The standby's public key as it stands on the standby; empty when there is none. */
export async function readSyncKey({ doors, hosts, pair }: FileContext): Promise<string> {
  return (
    await doors.standby.runOrThrow(readKey(pairPlaces(hosts.standby, pair.slug)), { timeoutMs })
  ).stdout.trim()
}

/** A key pair that is made on the standby and whose private part never leaves it. */
export function syncKey({ hosts, pair }: FileBasis): Step<FileContext> {
  const at = pairPlaces(hosts.standby, pair.slug)
  const path = syncKeyPath(at)
  return {
    planned: {
      id: 'sync-key',
      title: `Make a key for the file sync on ${hosts.standby.name}`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(ensureKey(at)) }],
      undo: 'undo',
      undoSentence: 'Removes the key.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await readSyncKey(context)) === ''
        ? { done: false }
        : { done: true, sentence: `${path} is there already.` }
    },
    async run({ doors }) {
      await doors.standby.runOrThrow(ensureKey(at), { timeoutMs })
    },
    async verify(context) {
      if ((await readSyncKey(context)) === '')
        throw stepFailed(`${path} was not made.`, 'Resume the operation.')
      return `${path} can be read by ${at.keeper === 'root' ? 'root' : hosts.standby.user} only, and has not left ${hosts.standby.name}.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(removeKey(at), { timeoutMs })
      return `Removed ${path}.`
    },
  }
}
