import type { Command } from '@/lib/commands/command'
import { profileAction, profileCommand } from '@/lib/commands/profile-command'
import { disableUnit, enableUnit, startUnit, stopUnit } from '@/lib/commands/systemd'
import type { HostPlaces } from '@/lib/domain/host-places'

/** How the profile says that the application is started, stopped and asked for its health. */
type Named = {
  readonly unit: string | null
  readonly start: string | null
  readonly stop: string | null
  readonly check: string | null
}

export type ApplicationCommands = {
  /** Now and at boot, where a unit does that. */
  readonly start: readonly Command[]
  readonly stop: readonly Command[]
  /** Exit code 0: it is healthy. */
  readonly check: Command | null
}

/** What is run on a host for its application; null where the profile names neither a unit nor commands. */
export function applicationCommands(
  at: Pick<HostPlaces, 'keeper'>,
  { unit, start, stop, check }: Named,
): ApplicationCommands | null {
  const health = check === null ? null : profileCommand(at, check)
  if (unit !== null)
    return {
      start: [enableUnit(unit), startUnit(unit)],
      stop: [stopUnit(unit), disableUnit(unit)],
      check: health,
    }
  if (start === null || stop === null) return null
  return { start: [profileAction(at, start)], stop: [profileAction(at, stop)], check: health }
}
