import { toPreview } from '@/lib/commands/command'
import { isNewKeyPlaced, placeNewKey as placeNewKeyCommand, putOldKeyBack } from '@/lib/commands/key-rotation'
import { lastSaid } from '@/lib/commands/last-said'
import { isHeldToLimit, proveAccess } from '@/lib/commands/sync-access'
import type { Step } from '@/lib/operations/engine/step'
import type { RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000

/** Whatever copy begins from now on signs in by the new key; one that runs has signed in already, and goes on. */
export function placeNewKey({ hosts, sync, mark }: RotateBasis): Step<RotateContext> {
  const at = sync.places.standby
  const place = placeNewKeyCommand(at, mark)
  const isPlaced = async ({ doors }: RotateContext) =>
    (await doors.standby.run(isNewKeyPlaced(at, mark), { timeoutMs })).exitCode === 0
  return {
    planned: {
      id: 'place-new-key',
      title: `Put the new key in the old one’s place on ${hosts.standby.name}`,
      host: 'standby',
      preview: [
        { kind: 'command', text: toPreview(place) },
        {
          kind: 'note',
          text: 'A copy that runs goes on; one that begins takes the old key or the new one, both of which are let in.',
        },
      ],
      undo: 'undo',
      undoSentence: 'Puts the old key back in its place.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await isPlaced(context))
        ? { done: true, sentence: 'It is in its place already.' }
        : { done: false }
    },
    async run({ doors }) {
      await doors.standby.runOrThrow(place, { timeoutMs })
    },
    async verify(context) {
      if (!(await isPlaced(context)))
        throw stepFailed('The new key is not in its place.', 'Resume the operation.')
      const proof = await context.doors.standby.run(proveAccess(sync), { timeoutMs })
      if (!isHeldToLimit(proof.stderr))
        throw stepFailed(
          `${hosts.standby.name} is not let in on ${hosts.primary.name} by the key in place.`,
          `See the log of sshd on ${hosts.primary.name}, then resume; or undo.`,
          `exit code ${proof.exitCode}: ${lastSaid(proof.stderr)}`,
        )
      return `Copies to ${hosts.standby.name} sign in by the new key.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(putOldKeyBack(at, mark), { timeoutMs })
      return 'The old key is in its place.'
    },
  }
}
