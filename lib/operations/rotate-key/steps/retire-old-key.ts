import { toPreview } from '@/lib/commands/command'
import { isExchangeSettled, isOneAuthorization, keepOneAuthorization } from '@/lib/commands/key-rotation'
import { authorizedLine } from '@/lib/commands/sync-access'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import type { RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { readMadeKey } from '@/lib/operations/rotate-key/steps/make-new-key'
import { onlyForward } from '@/lib/operations/rotate-key/steps/only-forward'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 20_000
/** A copy that begins as the key is exchanged has signed in by then. */
const settleMs = 20_000

/** From here on the new key alone is let in: every other line of the pair’s goes, one that an earlier rotation has left too. */
export function retireOldKey({ hosts, sync }: RotateBasis): Step<RotateContext> {
  const { user } = sync.primary
  const at = sync.places.primary
  const ids = sync.directories.map(({ id }) => id)
  const shown = authorizedLine(sync, '<the public key made on the standby>')
  const settled = isExchangeSettled(sync.places.standby, ids)
  const isDone = async (context: RotateContext) => {
    const line = authorizedLine(sync, await readMadeKey(context))
    const find = isOneAuthorization(at, user, line)
    return (await context.doors.primary.run(find, { timeoutMs })).exitCode === 0
  }
  return {
    planned: {
      ...onlyForward,
      id: 'retire-old-key',
      title: `Let the old key in no more on ${hosts.primary.name}`,
      host: 'primary',
      preview: [
        { kind: 'note', text: `Once no copy on ${hosts.standby.name} is about to sign in by the old key:` },
        { kind: 'command', text: toPreview(settled) },
        { kind: 'command', text: toPreview(keepOneAuthorization(at, user, shown)) },
      ],
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: 'No other key of the pair is let in.' }
        : { done: false }
    },
    async run(context, { signal }) {
      const { doors, clock } = context
      await awaitFactFor(
        { signal, everyMs: 500, waitMs: settleMs, clock },
        async () => (await doors.standby.run(settled, { timeoutMs })).exitCode === 0,
      )
      const line = authorizedLine(sync, await readMadeKey(context))
      await doors.primary.runOrThrow(keepOneAuthorization(at, user, line), { timeoutMs })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `Another key of the pair is still let in on ${hosts.primary.name}.`,
          `See who writes authorized_keys of ${user}, then resume.`,
        )
      return `Of the pair’s keys only the new one stands in authorized_keys of ${user}.`
    },
  }
}
