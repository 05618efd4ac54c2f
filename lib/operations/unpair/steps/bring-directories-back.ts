import { toPreview } from '@/lib/commands/command'
import { bringTargetBack, findTargetAside } from '@/lib/commands/sync-targets'
import { pairPlaces } from '@/lib/domain/host-places'
import { targetPlace } from '@/lib/domain/sync-target'
import { markOf } from '@/lib/operations/context'
import type { FileBasis } from '@/lib/operations/create/basis'
import { bringBack } from '@/lib/operations/create/steps/directories-aside'
import { targetsOf } from '@/lib/operations/create/targets-of'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** The standby's own directories have their places again; the copies are kept beside them. */
export function bringDirectoriesBack({ hosts, pair }: UnpairBasis, made: FileBasis): Step<UnpairContext> {
  const { name } = hosts.standby
  const at = pairPlaces(hosts.standby, pair.slug)
  const mark = markOf(made.operationId)
  const back = targetsOf(made).map((target) => ({
    target,
    command: bringTargetBack(at, target, mark, { keepsCopy: true }),
  }))
  return {
    planned: {
      ...onlyForward,
      id: 'directories-back',
      title: `Give the old directories of ${name} their places back`,
      host: 'standby',
      preview: back.flatMap(({ target, command }) => [
        { kind: 'command' as const, text: toPreview(command) },
        { kind: 'note' as const, text: `The copy is kept as ${targetPlace(target, mark).copy}.` },
      ]),
      timeoutMs: 900_000,
      attemptsMax: 2,
    },
    // Bringing back what is back does nothing, and one that was cut off in the middle looks like one that is.
    check: async () => ({ done: false }),
    async run({ doors }) {
      for (const { target, command } of back) await bringBack(doors.standby, target, command)
    },
    async verify({ doors }) {
      for (const { target } of back)
        if (
          (await doors.standby.run(findTargetAside(at, target, mark), { timeoutMs: 30_000 })).exitCode === 0
        )
          throw stepFailed(`The old content of ${target.path} is still aside.`, 'Resume the operation.')
      return 'The old directories are in their places again; the copies are kept beside them.'
    },
  }
}
