import { toPreview } from '@/lib/commands/command'
import { endRotation, isRotationOver, tryOldKeys } from '@/lib/commands/key-rotation'
import { lastSaid } from '@/lib/commands/last-said'
import { isHeldToLimit, proveAccess } from '@/lib/commands/sync-access'
import { AppError } from '@/lib/errors'
import type { Step } from '@/lib/operations/engine/step'
import type { RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { onlyForward } from '@/lib/operations/rotate-key/steps/only-forward'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 60_000
/** ssh(1)'s own exit code: it was not let in. */
const notLetIn = '255'

/** Throws STEP_FAILED unless the new key is let in, so that a refusal of another one is the key's. */
async function proveInPlace({ hosts, sync }: RotateBasis, { doors }: RotateContext): Promise<void> {
  const proof = await doors.standby.run(proveAccess(sync), { timeoutMs })
  if (!isHeldToLimit(proof.stderr))
    throw stepFailed(
      `${hosts.standby.name} is not let in on ${hosts.primary.name} by the key in place.`,
      `See the log of sshd on ${hosts.primary.name}, then resume.`,
      `exit code ${proof.exitCode}: ${lastSaid(proof.stderr)}`,
    )
}

/** The old key is tried, refused, and only then removed; one that is still let in is kept, for that to be seen again. */
export function dropOldKey(basis: RotateBasis): Step<RotateContext> {
  const { hosts, sync } = basis
  const at = sync.places.standby
  const isOver = async ({ doors }: RotateContext) =>
    (await doors.standby.run(isRotationOver(at), { timeoutMs })).exitCode === 0
  return {
    planned: {
      ...onlyForward,
      id: 'drop-old-key',
      title: `See that the old key is refused, and remove it from ${hosts.standby.name}`,
      host: 'standby',
      preview: [tryOldKeys(sync), proveAccess(sync), endRotation(at)].map((command) => ({
        kind: 'command',
        text: toPreview(command),
      })),
      timeoutMs: 150_000,
    },
    async check(context) {
      return (await isOver(context))
        ? { done: true, sentence: 'Nothing of an old key is left.' }
        : { done: false }
    },
    async run(context, io) {
      const { standby } = context.doors
      const { stdout } = await standby.runOrThrow(tryOldKeys(sync), { timeoutMs })
      const answers = stdout.split('\n').filter((line) => line !== '')
      if (answers.some((code) => code !== notLetIn))
        throw new AppError(
          'PRECONDITION_FAILED',
          `${hosts.primary.name} still lets the old key in, by something that is not the pair’s.`,
          {
            fix: `Look into authorized_keys of ${sync.primary.user} there, and into what else sshd reads (AuthorizedKeysFile, AuthorizedKeysCommand): take the key away, then resume.`,
          },
        )
      await proveInPlace(basis, context)
      if (answers.length > 0) io.output('The old key was tried and is refused; the new one is let in.')
      await standby.runOrThrow(endRotation(at), { timeoutMs })
    },
    async verify(context) {
      if (!(await isOver(context)))
        throw stepFailed('Something of the old key is left.', 'Resume the operation.')
      await proveInPlace(basis, context)
      return `The old key is refused and removed; ${hosts.standby.name} is let in by the new one.`
    },
  }
}
