import { bootLineOf, startsApplication } from '@/lib/commands/boot-lines'
import { type Command, toPreview } from '@/lib/commands/command'
import {
  bootLines,
  heldCrontabLines,
  holdCrontabLines,
  putCrontabBlock,
  releaseCrontabLines,
  removeCrontabBlock,
} from '@/lib/commands/crontab'
import { profileAction, profileCommand } from '@/lib/commands/profile-command'
import {
  disableUnit,
  enableUnit,
  isRunning,
  parseUnit,
  readUnit,
  startUnit,
  stopUnit,
} from '@/lib/commands/systemd'
import type { Host } from '@/lib/domain/host'
import { pairPlaces } from '@/lib/domain/host-places'
import type { PreviewLine } from '@/lib/domain/operation'
import { changeCrontab, readCrontab } from '@/lib/operations/change-crontab'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

/** How the application of one host is started and stopped, now and at boot. */
export type ApplicationControl = {
  /** Its unit, or what it is called in a sentence. */
  readonly name: string
  /** What an operator does to see for himself. */
  readonly look: string
  readonly stopPreview: readonly PreviewLine[]
  readonly startPreview: readonly PreviewLine[]
  /** Neither runs nor starts at boot. */
  isOff(door: HostDoor): Promise<boolean>
  /** Runs, as far as that can be told without its health check, and starts at boot. */
  isOn(door: HostDoor): Promise<boolean>
  /** Runs: by its unit; where it has none, by its health check. */
  runs(door: HostDoor): Promise<boolean>
  stop(door: HostDoor, signal: AbortSignal): Promise<void>
  start(door: HostDoor, signal: AbortSignal): Promise<void>
  /** As it was when the plan was made. */
  restore(door: HostDoor): Promise<void>
  isHealthy(door: HostDoor): Promise<boolean>
}

type Given = {
  readonly profile: Pick<Profile, 'application'>
  readonly host: Host
  readonly slug: string
  /** As found when the plan was made. */
  readonly facts: HostFacts
}

/** Name of the block with what starts at boot on a host whose user has a crontab of its own. */
export const bootBlock = (slug: string): string => `${slug} boot`

const actionMs = 300_000
const checkMs = 30_000

const toPreviews = (commands: readonly Command[]): readonly PreviewLine[] =>
  commands.map((command) => ({ kind: 'command', text: toPreview(command) }))

const healthOf = ({ profile, host, slug }: Given) => {
  const { check } = profile.application
  const command = check === null ? null : profileCommand(pairPlaces(host, slug), check)
  const isHealthy = async (door: HostDoor) =>
    command === null || (await door.run(command, { timeoutMs: checkMs })).exitCode === 0
  return { isHealthy, healthPreview: command === null ? [] : toPreviews([command]) }
}

function unitApplication(given: Given, unit: string): ApplicationControl {
  const before = answerOf(given.facts.machine)?.applicationUnit ?? null
  const { isHealthy, healthPreview } = healthOf(given)
  const read = async (door: HostDoor) =>
    parseUnit((await door.runOrThrow(readUnit(unit), { timeoutMs: 10_000 })).stdout)
  return {
    name: unit,
    look: `systemctl status ${unit}; journalctl -u ${unit}`,
    stopPreview: toPreviews([stopUnit(unit), disableUnit(unit)]),
    startPreview: [...toPreviews([enableUnit(unit), startUnit(unit)]), ...healthPreview],
    async isOff(door) {
      const state = await read(door)
      return !isRunning(state) && state.enabledState !== 'enabled'
    },
    async isOn(door) {
      const state = await read(door)
      return isRunning(state) && state.enabledState === 'enabled'
    },
    runs: async (door) => isRunning(await read(door)),
    async stop(door, signal) {
      await door.runOrThrow(stopUnit(unit), { timeoutMs: 150_000, signal })
      await door.runOrThrow(disableUnit(unit), { timeoutMs: 30_000, signal })
    },
    async start(door, signal) {
      await door.runOrThrow(enableUnit(unit), { timeoutMs: 30_000, signal })
      await door.runOrThrow(startUnit(unit), { timeoutMs: 120_000, signal })
    },
    async restore(door) {
      if (before?.enabledState === 'enabled') await door.runOrThrow(enableUnit(unit), { timeoutMs: 30_000 })
      if (before && isRunning(before)) await door.runOrThrow(startUnit(unit), { timeoutMs: 120_000 })
    },
    isHealthy,
  }
}

/** The crontab where an unprivileged user owns everything; root's hosts have none that we look at. */
function crontabOf({ host, slug }: Given) {
  const hasCrontab = pairPlaces(host, slug).keeper === 'login'
  return {
    hasCrontab,
    read: async (door: HostDoor) => (hasCrontab ? readCrontab(door) : ''),
    change: async (door: HostDoor, edit: (content: string) => string) => {
      if (hasCrontab) await changeCrontab(door, edit)
    },
  }
}

/**
 * By the profile's own commands. Whether it runs is told by its health check alone; what starts it at boot is looked for, and
 * put, in the crontab of the user who owns it.
 */
function commandApplication(given: Given, commands: { start: string; stop: string }): ApplicationControl {
  const { host, slug, facts, profile } = given
  const at = pairPlaces(host, slug)
  const { isHealthy, healthPreview } = healthOf(given)
  const [start, stop] = [profileAction(at, commands.start), profileAction(at, commands.stop)]
  const { hasCrontab, read, change } = crontabOf(given)
  const held = `${slug} application`
  const isOurs = (line: string) => startsApplication(line, commands.start)
  const linesBefore = (facts.bootLines ?? []).filter(isOurs)
  const releaseAndPut = (content: string) => {
    const released = removeCrontabBlock(releaseCrontabLines(content, held), bootBlock(slug))
    return bootLines(released).some(isOurs)
      ? released
      : putCrontabBlock(released, bootBlock(slug), [bootLineOf(commands.start)])
  }
  const bootNote = (text: string): readonly PreviewLine[] => (hasCrontab ? [{ kind: 'note', text }] : [])
  return {
    name: 'the application',
    look: profile.application.check ?? commands.stop,
    stopPreview: [
      ...toPreviews([stop]),
      ...bootNote(
        linesBefore.length === 0
          ? `No line @reboot of ${host.user}’s crontab starts it.`
          : `Made a comment in ${host.user}’s crontab: ${linesBefore.join(' · ')}`,
      ),
    ],
    startPreview: [
      ...toPreviews([start]),
      ...healthPreview,
      ...bootNote(
        `Its line @reboot in ${host.user}’s crontab is a line again, or is added: ${bootLineOf(commands.start)}`,
      ),
    ],
    async isOff(door) {
      const content = await read(door)
      if (bootLines(content).some(isOurs)) return false
      if (linesBefore.length > 0 && heldCrontabLines(content, held).length === 0) return false
      return !(await isHealthy(door))
    },
    isOn: async (door) => !hasCrontab || bootLines(await read(door)).some(isOurs),
    runs: isHealthy,
    async stop(door, signal) {
      await door.runOrThrow(stop, { timeoutMs: actionMs, signal })
      await change(door, (content) => holdCrontabLines(content, held, (line) => bootLines(line).some(isOurs)))
    },
    async start(door, signal) {
      await change(door, releaseAndPut)
      await door.runOrThrow(start, { timeoutMs: actionMs, signal })
    },
    async restore(door) {
      await change(door, (content) => releaseCrontabLines(content, held))
      if (facts.applicationHealthy === true) await door.runOrThrow(start, { timeoutMs: actionMs })
    },
    isHealthy,
  }
}

/** The application's control; null where the profile names neither a unit nor commands. */
export function applicationOf(given: Given): ApplicationControl | null {
  const { unit, start, stop } = given.profile.application
  if (unit !== null) return unitApplication(given, unit)
  return start === null || stop === null ? null : commandApplication(given, { start, stop })
}
