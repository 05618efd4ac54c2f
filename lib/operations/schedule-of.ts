import { type Command, sh, toPreview } from '@/lib/commands/command'
import { hasCrontabBlock, putCrontabBlock, removeCrontabBlock } from '@/lib/commands/crontab'
import { asKeeper } from '@/lib/commands/keeper'
import { crontabLines, type Sync, scheduleFiles } from '@/lib/commands/sync'
import {
  endCopies,
  findSchedule,
  holdSchedule,
  removeSchedule,
  startSchedule,
  stopSchedule,
} from '@/lib/commands/sync-runs'
import type { PreviewLine } from '@/lib/domain/operation'
import { rotationPath, schedulePath } from '@/lib/domain/sync-names'
import { changeCrontab, readCrontab } from '@/lib/operations/change-crontab'
import { filePreview } from '@/lib/operations/file-preview'
import { haveFiles, writeFiles } from '@/lib/operations/write-files'
import type { HostDoor } from '@/lib/ports/host-door'

/** What has cron copy the directories on the standby: a file of root's, or a block in the user's own crontab. */
export type Schedule = {
  /** Where it stands, for sentences. */
  readonly where: string
  readonly preview: readonly PreviewLine[]
  put(door: HostDoor): Promise<void>
  /** Whether it is there exactly as it is put. */
  isPut(door: HostDoor): Promise<boolean>
  remove(door: HostDoor): Promise<void>
  /** Out of cron's sight, until `start`, and no copy runs; `graceMs`: how long one may take to end before it is killed. */
  stop(door: HostDoor, graceMs: number): Promise<void>
  stopPreview(graceMs: number): readonly PreviewLine[]
  /** Out of cron's sight, until `start`; a copy that runs goes on to its end. */
  hold(door: HostDoor): Promise<void>
  readonly holdPreview: readonly PreviewLine[]
  isStopped(door: HostDoor): Promise<boolean>
  start(door: HostDoor): Promise<void>
  readonly startPreview: readonly PreviewLine[]
}

const timeoutMs = 10_000
/** Ending copies takes up to 10 s itself. */
const stopMs = 30_000
const commandPreview = (command: Command): PreviewLine => ({ kind: 'command', text: toPreview(command) })

const idsOf = ({ directories }: Sync) => directories.map(({ id }) => id)

function fileSchedule(sync: Sync): Schedule {
  const at = sync.places.standby
  const files = scheduleFiles(sync)
  const run = async (door: HostDoor, command: Command) => {
    await door.runOrThrow(command, { timeoutMs })
  }
  return {
    where: schedulePath(at.slug),
    preview: files.map(filePreview),
    put: (door) => writeFiles(door, files),
    isPut: (door) => haveFiles(door, files),
    remove: (door) => run(door, removeSchedule(at)),
    stopPreview: (graceMs) => [commandPreview(stopSchedule(at, idsOf(sync), graceMs))],
    async stop(door, graceMs) {
      await door.runOrThrow(stopSchedule(at, idsOf(sync), graceMs), { timeoutMs: stopMs })
    },
    // On the kept shell: a channel of its own would take longer than the question, and a promotion waits for it twice.
    isStopped: async (door) => (await door.ask(findSchedule(at), { timeoutMs })).exitCode !== 0,
    hold: (door) => run(door, holdSchedule(at)),
    holdPreview: [commandPreview(holdSchedule(at))],
    start: (door) => run(door, startSchedule(at)),
    startPreview: [commandPreview(startSchedule(at))],
  }
}

function crontabSchedule(sync: Sync): Schedule {
  const at = sync.places.standby
  const { slug } = at
  const files = scheduleFiles(sync)
  const lines = crontabLines(sync)
  const where = 'the crontab of the login user'
  const start = (door: HostDoor) => changeCrontab(door, (content) => putCrontabBlock(content, slug, lines))
  const takeOut = (door: HostDoor) => changeCrontab(door, (content) => removeCrontabBlock(content, slug))
  const takenOut: PreviewLine = { kind: 'note', text: `Takes the block of ${slug} out of ${where}.` }
  const block = filePreview({ path: where, content: putCrontabBlock('', slug, lines) })
  const removeRotation = asKeeper(at, sh`rm -f -- ${rotationPath(at)}`)
  return {
    where,
    preview: [...files.map(filePreview), block],
    stopPreview: (graceMs) => [takenOut, commandPreview(endCopies(at, idsOf(sync), graceMs))],
    async put(door) {
      await writeFiles(door, files)
      await start(door)
    },
    isPut: async (door) =>
      (await haveFiles(door, files)) && hasCrontabBlock(await readCrontab(door), slug, lines),
    async remove(door) {
      await takeOut(door)
      await door.runOrThrow(removeRotation, { timeoutMs })
    },
    async stop(door, graceMs) {
      await takeOut(door)
      await door.runOrThrow(endCopies(at, idsOf(sync), graceMs), { timeoutMs: stopMs })
    },
    isStopped: async (door) => {
      const content = await readCrontab(door)
      return removeCrontabBlock(content, slug) === content
    },
    hold: takeOut,
    holdPreview: [takenOut],
    start,
    startPreview: [block],
  }
}

export const scheduleOf = (sync: Sync): Schedule =>
  sync.places.standby.keeper === 'root' ? fileSchedule(sync) : crontabSchedule(sync)
