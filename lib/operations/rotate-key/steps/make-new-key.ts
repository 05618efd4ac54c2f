import { toPreview } from '@/lib/commands/command'
import { fingerprintOfLine } from '@/lib/commands/key-fingerprint'
import { dropNewKey, makeNewKey as makeNewKeyCommand, readNewKey } from '@/lib/commands/key-rotation'
import { pairPlaces } from '@/lib/domain/host-places'
import { markOf } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import type { RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000

/** The public part of the key that this operation has made, wherever it is by now; empty when it is not made. */
export async function readMadeKey({ doors, hosts, pair, operationId }: RotateContext): Promise<string> {
  const read = readNewKey(pairPlaces(hosts.standby, pair.slug), markOf(operationId))
  return (await doors.standby.runOrThrow(read, { timeoutMs })).stdout.trim()
}

/** A new key beside the one in place. Its private part never leaves the standby. */
export function makeNewKey({ hosts, sync, mark }: RotateBasis): Step<RotateContext> {
  const at = sync.places.standby
  const make = makeNewKeyCommand(at, mark)
  const { name } = hosts.standby
  return {
    planned: {
      id: 'make-new-key',
      title: `Make a new key on ${name}, beside the one in place`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(make) }],
      undo: 'undo',
      undoSentence: 'Removes the new key.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 3,
    },
    async check(context) {
      return (await readMadeKey(context)) === ''
        ? { done: false }
        : { done: true, sentence: 'It is made already.' }
    },
    async run({ doors }) {
      await doors.standby.runOrThrow(make, { timeoutMs })
    },
    async verify(context) {
      const key = await readMadeKey(context)
      if (key === '') throw stepFailed(`The new key on ${name} was not made.`, 'Resume the operation.')
      return `The new key is ${fingerprintOfLine(key)}; its private part has not left ${name}.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(dropNewKey(at, mark), { timeoutMs })
      return 'The new key is removed.'
    },
  }
}
