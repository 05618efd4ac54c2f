import { type Command, toPreview } from '@/lib/commands/command'
import { heldBy, heldCrontabLines, holdCrontabLines, releaseCrontabLines } from '@/lib/commands/crontab'
import {
  type CronTable,
  foundLinesQuestion,
  heldJobs,
  holdFoundLines,
  releaseFoundLines,
} from '@/lib/commands/found-lines'
import {
  disableUnit,
  enableUnit,
  isRunning,
  parseUnit,
  readUnit,
  startUnit,
  stopUnit,
} from '@/lib/commands/systemd'
import { type FoundJob, jobPlaceWords } from '@/lib/domain/adopt/found-replication'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { PreviewLine } from '@/lib/domain/operation'
import { digestOf } from '@/lib/facts/copying-jobs'
import { changeCrontab, readCrontab } from '@/lib/operations/change-crontab'
import type { HostDoor } from '@/lib/ports/host-door'

/** Jobs of somebody else's that stand in one place, and how they are held and released there. */
export type JobHold = {
  readonly preview: readonly PreviewLine[]
  hold(door: HostDoor): Promise<void>
  /** Byte for byte as it was; a timer as it was found. */
  release(door: HostDoor): Promise<void>
  /** None of them would run by itself. */
  isHeld(door: HostDoor): Promise<boolean>
  /** None of them is held for this pair. */
  isReleased(door: HostDoor): Promise<boolean>
}

const timeoutMs = 30_000

const run = async (door: HostDoor, command: Command) => {
  await door.runOrThrow(command, { timeoutMs })
}

/** What becomes of the lines, as it is shown: without what looks like a secret. */
function tablePreview(jobs: readonly FoundJob[], slug: string): PreviewLine {
  const [first] = jobs
  const lines = jobs.map(({ line }) => `-${line}\n+${heldBy(heldJobs(slug))}${line}\n`)
  return { kind: 'file', path: first ? jobPlaceWords(first) : '', diff: lines.join('') }
}

function ofTable(table: CronTable, jobs: readonly FoundJob[], slug: string): JobHold {
  const digests = jobs.map(({ digest }) => digest)
  const ask = async (door: HostDoor) =>
    (await door.runOrThrow(foundLinesQuestion(table, digests, slug), { timeoutMs })).stdout.split('\n')
  return {
    preview: [tablePreview(jobs, slug)],
    hold: (door) => run(door, holdFoundLines(table, digests, slug)),
    release: (door) => run(door, releaseFoundLines(table, digests, slug)),
    isHeld: async (door) => !(await ask(door)).includes('active'),
    isReleased: async (door) => !(await ask(door)).includes('held'),
  }
}

/** The login user's own crontab, where nobody becomes root. */
function ofOwnCrontab(jobs: readonly FoundJob[], slug: string): JobHold {
  const digests = jobs.map(({ digest }) => digest)
  const isOne = (line: string) => digests.includes(digestOf(line))
  const held = heldJobs(slug)
  return {
    preview: [tablePreview(jobs, slug)],
    hold: (door) => changeCrontab(door, (content) => holdCrontabLines(content, held, isOne)),
    release: (door) => changeCrontab(door, (content) => releaseCrontabLines(content, held, isOne)),
    isHeld: async (door) => {
      const content = await readCrontab(door)
      return holdCrontabLines(content, held, isOne) === content
    },
    isReleased: async (door) => !heldCrontabLines(await readCrontab(door), held).some(isOne),
  }
}

type Timer = Extract<FoundJob['place'], { kind: 'timer' }>

function ofTimer({ timer, isActive, isEnabled }: Timer): JobHold {
  const read = async (door: HostDoor) =>
    parseUnit((await door.runOrThrow(readUnit(timer), { timeoutMs })).stdout)
  const isOff = async (door: HostDoor) => {
    const state = await read(door)
    return !isRunning(state) && state.enabledState !== 'enabled'
  }
  return {
    preview: [stopUnit(timer), disableUnit(timer)].map((command) => ({
      kind: 'command',
      text: toPreview(command),
    })),
    async hold(door) {
      if (await isOff(door)) return
      await run(door, stopUnit(timer))
      await run(door, disableUnit(timer))
    },
    async release(door) {
      if (isEnabled) await run(door, enableUnit(timer))
      if (isActive) await run(door, startUnit(timer))
    },
    isHeld: isOff,
    isReleased: async (door) => !(isActive || isEnabled) || !(await isOff(door)),
  }
}

/** Whether the login can change what stands there. */
export function canChange(
  { place }: Pick<FoundJob, 'place'>,
  at: Pick<PairPlaces, 'keeper'>,
  user: string,
): boolean {
  return at.keeper === 'root' || (place.kind === 'crontab' && place.user === user)
}

/** How jobs of one host are held, place by place. `user`: the login of that host. */
export function jobHoldsOf(at: PairPlaces, user: string, jobs: readonly FoundJob[]): readonly JobHold[] {
  const places = [...new Set(jobs.map(({ place }) => JSON.stringify(place)))]
  return places.flatMap((key) => {
    const here = jobs.filter(({ place }) => JSON.stringify(place) === key)
    const place = here[0]?.place
    if (!place) return []
    if (place.kind === 'timer') return [ofTimer(place)]
    const isOwn = at.keeper === 'login' && place.kind === 'crontab' && place.user === user
    return [isOwn ? ofOwnCrontab(here, at.slug) : ofTable(place, here, at.slug)]
  })
}
