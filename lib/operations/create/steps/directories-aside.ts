import { toPreview } from '@/lib/commands/command'
import {
  bringTargetBack,
  findTargetAside,
  putTargetAside,
  targetExitCodes,
} from '@/lib/commands/sync-targets'
import { pairPlaces } from '@/lib/domain/host-places'
import { outermostOf } from '@/lib/domain/nested-directories'
import { asidePath } from '@/lib/domain/pair-names'
import { AppError } from '@/lib/errors'
import { markOf } from '@/lib/operations/context'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import { proveFileTarget } from '@/lib/operations/create/steps/prove-file-target'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 30_000

/** The standby's own directories get another name beside them; nested ones go with the one around them. */
export function directoriesAside(basis: FileBasis): Step<FileContext> {
  const { hosts, pair, operationId } = basis
  const at = pairPlaces(hosts.standby, pair.slug)
  const mark = markOf(operationId)
  const targets = outermostOf(pair.settings.directories)
  const isDone = async ({ doors }: FileContext) => {
    for (const target of targets)
      if ((await doors.standby.run(findTargetAside(at, target, mark), { timeoutMs })).exitCode !== 0)
        return false
    return true
  }
  return {
    planned: {
      id: 'directories-aside',
      title: `Put the old directories of ${hosts.standby.name} aside`,
      host: 'standby',
      preview: targets.map((target) => ({
        kind: 'command',
        text: toPreview(putTargetAside(at, target, mark)),
      })),
      undo: 'undo',
      undoSentence: 'Gives the old directories their names back and removes the copies.',
      irreversible: false,
      timeoutMs: 900_000,
      attemptsMax: 2,
    },
    prove: proveFileTarget(basis),
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: 'They are aside already.' } : { done: false }
    },
    async run({ doors }) {
      for (const target of targets) {
        const { exitCode, stderr } = await doors.standby.run(putTargetAside(at, target, mark), {
          timeoutMs,
        })
        if (exitCode === 0) continue
        const isMount = exitCode === targetExitCodes.otherFileSystem
        throw new AppError(
          isMount ? 'PRECONDITION_FAILED' : 'HOST_COMMAND_FAILED',
          isMount
            ? `${target.path} on ${hosts.standby.name} is a mount point: it can’t get another name.`
            : `${target.path} on ${hosts.standby.name} can’t be put aside.`,
          {
            fix: isMount
              ? 'Empty that file system yourself, unmount it or leave the directory out; undo, then start again.'
              : 'See what holds it, then resume.',
            detail: stderr.slice(-500),
          },
        )
      }
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed('Not all old directories are aside.', 'See who moved them, then resume.')
      const names = targets.map(({ path }) => asidePath(path, mark)).join(', ')
      return `Nothing was deleted: what was there is in ${names}.`
    },
    async undo({ doors }) {
      for (const target of targets)
        await doors.standby.runOrThrow(bringTargetBack(at, target, mark), { timeoutMs: 600_000 })
      return 'The old directories are in their places again.'
    },
  }
}
