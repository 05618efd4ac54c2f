import { toPreview } from '@/lib/commands/command'
import { findOwnAuthorization, removeAccessDirectory, removeAuthorization } from '@/lib/commands/sync-access'
import type { Step } from '@/lib/operations/engine/step'
import type { RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { onlyForward } from '@/lib/operations/rotate-key/steps/only-forward'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000

/** The key that the primary has from its time as the standby is for nothing as long as it is the primary: it is let in no more. */
export function retireFormerKey({ hosts, sync }: RotateBasis): Step<RotateContext> {
  const { name, user } = hosts.standby
  const at = sync.places.standby
  const isDone = async ({ doors }: RotateContext) =>
    (await doors.standby.run(findOwnAuthorization(at, user), { timeoutMs })).exitCode !== 0
  return {
    planned: {
      ...onlyForward,
      id: 'retire-former-key',
      title: `Let ${hosts.primary.name} in no more on ${name} by the key of its time as the standby`,
      host: 'standby',
      preview: [
        { kind: 'command', text: toPreview(removeAuthorization(at, user)) },
        { kind: 'command', text: toPreview(removeAccessDirectory(at)) },
        { kind: 'note', text: 'The next exchange of roles makes a new one.' },
      ],
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `No key of the pair is let in on ${name}.` }
        : { done: false }
    },
    async run({ doors: { standby } }) {
      await standby.runOrThrow(removeAuthorization(at, user), { timeoutMs })
      await standby.runOrThrow(removeAccessDirectory(at), { timeoutMs })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `A key of the pair is still let in on ${name}.`,
          `See who writes authorized_keys of ${user}, then resume.`,
        )
      return `No key of the pair stands in authorized_keys of ${user} on ${name}.`
    },
  }
}
