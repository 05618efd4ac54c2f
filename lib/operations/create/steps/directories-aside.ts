import { type Command, toPreview } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import { bringTargetBack, findTargetAside, putTargetAside } from '@/lib/commands/sync-targets'
import { targetExitCodes } from '@/lib/commands/target-content'
import { type PairPlaces, pairPlaces } from '@/lib/domain/host-places'
import type { PreviewLine } from '@/lib/domain/operation'
import { type SyncTarget, targetPlace } from '@/lib/domain/sync-target'
import { AppError } from '@/lib/errors'
import { markOf } from '@/lib/operations/context'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import { proveFileTarget } from '@/lib/operations/create/steps/prove-file-target'
import { targetsOf } from '@/lib/operations/create/targets-of'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { HostDoor } from '@/lib/ports/host-door'

const timeoutMs = 30_000
/** A directory that stays in its place may have very many entries. */
const moveMs = 600_000

const hasMoved = (target: SyncTarget, host: string) =>
  new AppError(
    'PRECONDITION_FAILED',
    target.staysInPlace
      ? `${target.path} on ${host} is no longer what it was when this was planned: the root of a file system, or a link.`
      : `${target.path} on ${host} has become a mount point since this was planned: it can’t get another name.`,
    {
      fix: target.staysInPlace
        ? 'Mount it again, then resume.'
        : 'Unmount it, then resume; or undo, and start again.',
    },
  )

const previewOf = (at: PairPlaces, target: SyncTarget, mark: string): readonly PreviewLine[] => [
  { kind: 'command', text: toPreview(putTargetAside(at, target, mark)) },
  ...(target.staysInPlace
    ? [
        {
          kind: 'note' as const,
          text: `${target.path} itself stays: what is in it moves into ${targetPlace(target, mark).aside}.`,
        },
      ]
    : []),
]

export async function bringBack(door: HostDoor, target: SyncTarget, bring: Command): Promise<void> {
  const { exitCode, stderr } = await door.run(bring, { timeoutMs: moveMs })
  if (exitCode === 0) return
  const isAway = exitCode === targetExitCodes.notMounted
  throw new AppError(
    isAway ? 'PRECONDITION_FAILED' : 'HOST_COMMAND_FAILED',
    isAway
      ? `The file system of ${target.path} on ${door.hostName}, which has its old content, is not mounted.`
      : `The old content of ${target.path} on ${door.hostName} can’t be brought back.`,
    {
      fix: isAway ? 'Mount it again, then undo again.' : 'See what is in its place, then undo again.',
      detail: `exit code ${exitCode}: ${lastSaid(stderr)}`,
    },
  )
}

/** The standby's own directories make room for the copies, by another name or within themselves. */
export function directoriesAside(basis: FileBasis): Step<FileContext> {
  const { hosts, pair, operationId } = basis
  const at = pairPlaces(hosts.standby, pair.slug)
  const mark = markOf(operationId)
  const targets = targetsOf(basis)
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
      preview: targets.flatMap((target) => previewOf(at, target, mark)),
      undo: 'undo',
      undoSentence: 'Gives the old directories their places back and removes the copies.',
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
          timeoutMs: moveMs,
        })
        if (exitCode === 0) continue
        if (exitCode === targetExitCodes.otherFileSystem || exitCode === targetExitCodes.notMounted)
          throw hasMoved(target, hosts.standby.name)
        throw new AppError(
          'HOST_COMMAND_FAILED',
          `${target.path} on ${hosts.standby.name} can’t be put aside.`,
          { fix: 'See what holds it, then resume.', detail: lastSaid(stderr) },
        )
      }
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed('Not all old directories are aside.', 'See who moved them, then resume.')
      const names = targets.map((target) => targetPlace(target, mark).aside).join(', ')
      return `Nothing was deleted: what was there is in ${names}.`
    },
    async undo({ doors }) {
      for (const target of targets) await bringBack(doors.standby, target, bringTargetBack(at, target, mark))
      return 'The old directories are in their places again.'
    },
  }
}
