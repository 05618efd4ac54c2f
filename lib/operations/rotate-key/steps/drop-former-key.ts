import { toPreview } from '@/lib/commands/command'
import type { Sync } from '@/lib/commands/sync'
import { proveAccess, readKey, removeKey } from '@/lib/commands/sync-access'
import { AppError } from '@/lib/errors'
import type { Step } from '@/lib/operations/engine/step'
import type { RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { onlyForward } from '@/lib/operations/rotate-key/steps/only-forward'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000

/** As `dropOldKey`, of the primary's own key; `former` is the file sync the other way round. */
export function dropFormerKey({ hosts }: RotateBasis, former: Sync): Step<RotateContext> {
  const { name } = hosts.primary
  const at = former.places.standby
  const hasKey = async ({ doors }: RotateContext) =>
    (await doors.primary.runOrThrow(readKey(at), { timeoutMs })).stdout.trim() !== ''
  return {
    planned: {
      ...onlyForward,
      id: 'drop-former-key',
      title: `See that this key is refused, and remove it from ${name}`,
      host: 'primary',
      preview: [proveAccess(former), removeKey(at)].map((command) => ({
        kind: 'command',
        text: toPreview(command),
      })),
    },
    async check(context) {
      return (await hasKey(context))
        ? { done: false }
        : { done: true, sentence: `There is no such key on ${name}.` }
    },
    async run({ doors: { primary } }) {
      const { exitCode } = await primary.run(proveAccess(former), { timeoutMs })
      if (exitCode !== 255)
        throw new AppError(
          'PRECONDITION_FAILED',
          `${hosts.standby.name} still lets this key in, by something that is not the pair’s.`,
          {
            fix: `Look into authorized_keys of ${former.primary.user} there, and into what else sshd reads: take the key away, then resume.`,
          },
        )
      await primary.runOrThrow(removeKey(at), { timeoutMs })
    },
    async verify(context) {
      if (await hasKey(context)) throw stepFailed(`The key is still on ${name}.`, 'Resume the operation.')
      return `It is refused, and removed from ${name}.`
    },
  }
}
