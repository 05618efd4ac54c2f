import { type ApplicationCommands, applicationCommands } from '@/lib/commands/application'
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
import { enableUnit, isRunning, parseUnit, readUnit, startUnit } from '@/lib/commands/systemd'
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

/** Under this name lines of the user's crontab that start the application are held. */
export const heldApplication = (slug: string): string => `${slug} application`

/** Name of the block with what starts at boot on a host whose user has a crontab of its own. */
export const bootBlock = (slug: string): string => `${slug} boot`

const actionMs = 300_000
const checkMs = 30_000

const toPreviews = (commands: readonly Command[]): readonly PreviewLine[] =>
  commands.map((command) => ({ kind: 'command', text: toPreview(command) }))

const healthOf = ({ check }: ApplicationCommands) => {
  const isHealthy = async (door: HostDoor) =>
    check === null || (await door.run(check, { timeoutMs: checkMs })).exitCode === 0
  return { isHealthy, healthPreview: check === null ? [] : toPreviews([check]) }
}

const runAll = async (door: HostDoor, commands: readonly Command[], signal: AbortSignal) => {
  for (const command of commands) await door.runOrThrow(command, { timeoutMs: actionMs, signal })
}

function unitApplication(given: Given, unit: string, commands: ApplicationCommands): ApplicationControl {
  const before = answerOf(given.facts.machine)?.applicationUnit ?? null
  const { isHealthy, healthPreview } = healthOf(commands)
  const read = async (door: HostDoor) =>
    parseUnit((await door.runOrThrow(readUnit(unit), { timeoutMs: 10_000 })).stdout)
  return {
    name: unit,
    look: `systemctl status ${unit}; journalctl -u ${unit}`,
    stopPreview: toPreviews(commands.stop),
    startPreview: [...toPreviews(commands.start), ...healthPreview],
    async isOff(door) {
      const state = await read(door)
      return !isRunning(state) && state.enabledState !== 'enabled'
    },
    async isOn(door) {
      const state = await read(door)
      return isRunning(state) && state.enabledState === 'enabled'
    },
    runs: async (door) => isRunning(await read(door)),
    stop: (door, signal) => runAll(door, commands.stop, signal),
    start: (door, signal) => runAll(door, commands.start, signal),
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
function commandApplication(given: Given, start: string, commands: ApplicationCommands): ApplicationControl {
  const { host, slug, facts, profile } = given
  const { isHealthy, healthPreview } = healthOf(commands)
  const { hasCrontab, read, change } = crontabOf(given)
  const held = heldApplication(slug)
  const isOurs = (line: string) => startsApplication(line, start)
  const linesBefore = (facts.bootLines ?? []).filter(isOurs)
  const releaseAndPut = (content: string) => {
    const released = removeCrontabBlock(releaseCrontabLines(content, held), bootBlock(slug))
    return bootLines(released).some(isOurs)
      ? released
      : putCrontabBlock(released, bootBlock(slug), [bootLineOf(start)])
  }
  const bootNote = (text: string): readonly PreviewLine[] => (hasCrontab ? [{ kind: 'note', text }] : [])
  return {
    name: 'the application',
    look: profile.application.check ?? profile.application.stop ?? start,
    stopPreview: [
      ...toPreviews(commands.stop),
      ...bootNote(
        linesBefore.length === 0
          ? `No line @reboot of ${host.user}’s crontab starts it.`
          : `Made a comment in ${host.user}’s crontab: ${linesBefore.join(' · ')}`,
      ),
    ],
    startPreview: [
      ...toPreviews(commands.start),
      ...healthPreview,
      ...bootNote(
        `Its line @reboot in ${host.user}’s crontab is a line again, or is added: ${bootLineOf(start)}`,
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
      await runAll(door, commands.stop, signal)
      await change(door, (content) => holdCrontabLines(content, held, (line) => bootLines(line).some(isOurs)))
    },
    async start(door, signal) {
      await change(door, releaseAndPut)
      await runAll(door, commands.start, signal)
    },
    async restore(door) {
      await change(door, (content) => releaseCrontabLines(content, held))
      if (facts.applicationHealthy === true)
        for (const command of commands.start) await door.runOrThrow(command, { timeoutMs: actionMs })
    },
    isHealthy,
  }
}

/** The application's control; null where the profile names neither a unit nor commands. */
export function applicationOf(given: Given): ApplicationControl | null {
  const { application } = given.profile
  const commands = applicationCommands(pairPlaces(given.host, given.slug), application)
  if (commands === null) return null
  if (application.unit !== null) return unitApplication(given, application.unit, commands)
  return commandApplication(given, application.start ?? '', commands)
}
