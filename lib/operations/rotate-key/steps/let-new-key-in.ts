import { toPreview } from '@/lib/commands/command'
import { proveReading, rotationKept } from '@/lib/commands/key-rotation'
import {
  addAuthorization,
  authorizedLine,
  findAuthorization,
  makeAccessDirectory,
  removeAccessDirectory,
  takeBackAuthorization,
} from '@/lib/commands/sync-access'
import { parseReading } from '@/lib/facts/key-reading'
import type { Step } from '@/lib/operations/engine/step'
import type { RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { readMadeKey } from '@/lib/operations/rotate-key/steps/make-new-key'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000
/** A directory each takes a sign-in, and 20 s where nothing comes. */
const proofMs = 100_000

/** What the new key can do, seen from the standby: read the directories, and nothing else. Throws STEP_FAILED unless it is so. */
async function proveNewKey({ hosts, sync, mark }: RotateBasis, { doors }: RotateContext): Promise<string> {
  const { stdout } = await doors.standby.runOrThrow(proveReading(sync, mark), { timeoutMs: proofMs })
  const { read, away, refused, isLimited, said } = parseReading(stdout)
  if (!isLimited)
    throw stepFailed(
      `${hosts.standby.name} is not let in on ${hosts.primary.name} by the new key, or not held to its limit.`,
      `See the log of sshd on ${hosts.primary.name}: is the port open for ${hosts.standby.address}, does it read ~/.ssh/authorized_keys? Then resume.`,
      said,
    )
  const [first] = refused
  if (first)
    throw stepFailed(
      `The new key is let in, but can’t read ${refused.map(({ id }) => id).join(', ')}.`,
      'See what was said of it, then resume; or undo.',
      first.why,
    )
  if (read.length === 0)
    throw stepFailed(
      `The new key is let in, but there is nothing to read: ${away.join(', ')} carries no mark on ${hosts.primary.name}.`,
      'See that the directories’ file systems are mounted there, then resume; or undo.',
    )
  const missed =
    away.length > 0 ? `, but ${away.join(', ')}, which is not there on ${hosts.primary.name} now` : ''
  return `By the new key ${read.join(', ')} can be read${missed}; anything but a copy of the directories is refused.`
}

/** The new key is let in on the primary beside the old one, bound as that is, and proved by what it is for. */
export function letNewKeyIn(basis: RotateBasis): Step<RotateContext> {
  const { hosts, sync, mark } = basis
  const { user } = sync.primary
  const at = sync.places.primary
  const kept = rotationKept(mark)
  const lineOf = async (context: RotateContext) => authorizedLine(sync, await readMadeKey(context))
  const shown = authorizedLine(sync, '<the public key made on the standby>')
  return {
    planned: {
      id: 'let-new-key-in',
      title: `Let the new key in on ${hosts.primary.name}, beside the old one`,
      host: 'primary',
      preview: [
        { kind: 'command', text: toPreview(makeAccessDirectory(at, user)) },
        { kind: 'command', text: toPreview(addAuthorization(at, user, shown, kept)) },
        {
          kind: 'note',
          text: `Proved from ${hosts.standby.name}: it reads the mark of every directory, and every other command is refused.`,
        },
        { kind: 'command', text: toPreview(proveReading(sync, mark)) },
      ],
      undo: 'undo',
      undoSentence: `Brings back authorized_keys of ${user} as it was.`,
      irreversible: false,
      timeoutMs: 150_000,
      attemptsMax: 3,
    },
    async check(context) {
      const find = findAuthorization(user, await lineOf(context))
      return (await context.doors.primary.run(find, { timeoutMs })).exitCode === 0
        ? { done: true, sentence: `The new key stands in authorized_keys of ${user} already.` }
        : { done: false }
    },
    async run(context) {
      const { primary } = context.doors
      const line = await lineOf(context)
      await primary.runOrThrow(makeAccessDirectory(at, user), { timeoutMs })
      await primary.runOrThrow(addAuthorization(at, user, line, kept), { timeoutMs })
    },
    verify: (context) => proveNewKey(basis, context),
    async undo(context) {
      const { primary } = context.doors
      await primary.runOrThrow(takeBackAuthorization(at, user, await lineOf(context), kept), { timeoutMs })
      await primary.runOrThrow(removeAccessDirectory(at), { timeoutMs })
      return `authorized_keys of ${user} is as it was.`
    },
  }
}
