import { startsApplication, startsPostgres } from '@/lib/commands/boot-lines'
import { bootLines, heldCrontabLines, holdCrontabLines, releaseCrontabLines } from '@/lib/commands/crontab'
import { disableStart, restoreStart } from '@/lib/commands/fence'
import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { changeCrontab, readCrontab } from '@/lib/operations/change-crontab'
import type { HostDoor } from '@/lib/ports/host-door'
import type { Profile } from '@/lib/profiles/schema'

/** What starts a host's PostgreSQL at boot: its unit, Debian's start.conf, or lines of the crontab of the user who owns it. */
export type BootStart = {
  /** Nothing of that starts it any more. */
  hold(door: HostDoor): Promise<void>
  release(door: HostDoor): Promise<void>
  /** Whether a line of the crontab still starts it; false where there is no such crontab. */
  isInCrontab(door: HostDoor): Promise<boolean>
  /** Whether lines of the crontab are held by this name. */
  isHeld(door: HostDoor): Promise<boolean>
}

/** `name` marks the lines that are held: whoever holds by another name does not release them. */
export function bootStartOf(given: {
  layout: PostgresLayout
  host: Host
  profile: Pick<Profile, 'application'>
  name: string
}): BootStart {
  const { layout, host, profile, name } = given
  const hasCrontab = layout.unit === null && hostPlaces(host).keeper === 'login'
  const starts = (line: string) =>
    bootLines(line).length > 0 &&
    (startsPostgres(line, layout) || startsApplication(line, profile.application.start))
  const run = async (door: HostDoor, command: ReturnType<typeof disableStart>) => {
    if (command) await door.runOrThrow(command, { timeoutMs: 30_000 })
  }
  return {
    async hold(door) {
      await run(door, disableStart(layout))
      if (hasCrontab) await changeCrontab(door, (content) => holdCrontabLines(content, name, starts))
    },
    async release(door) {
      await run(door, restoreStart(layout))
      if (hasCrontab) await changeCrontab(door, (content) => releaseCrontabLines(content, name))
    },
    isHeld: async (door) => hasCrontab && heldCrontabLines(await readCrontab(door), name).length > 0,
    isInCrontab: async (door) => hasCrontab && bootLines(await readCrontab(door)).some(starts),
  }
}
