import { toPreview } from '@/lib/commands/command'
import {
  disableUnit,
  enableUnit,
  isRunning,
  parseUnit,
  readUnit,
  startUnit,
  stopUnit,
  type UnitState,
} from '@/lib/commands/systemd'
import type { Host } from '@/lib/domain/host'
import type { Role } from '@/lib/domain/pair'
import type { Proof, Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { HostDoor } from '@/lib/ports/host-door'

const isEnabled = (state: UnitState | null) => state?.enabledState === 'enabled'

/** The application on a host neither runs nor starts at boot. `before`: its unit as it was when the plan was made. */
export function stopApplication<C extends { doors: Readonly<Record<Role, HostDoor>> }>(given: {
  id: string
  role: Role
  host: Host
  unit: string
  before: UnitState | null
  /** An application that is stopped on the wrong host is an outage. */
  prove: Proof<C>
}): Step<C> {
  const { id, role, host, unit, before, prove } = given
  const isOff = async ({ doors }: C) => {
    const state = parseUnit((await doors[role].runOrThrow(readUnit(unit), { timeoutMs: 10_000 })).stdout)
    return !isRunning(state) && !isEnabled(state)
  }
  return {
    planned: {
      id,
      title: `Stop the application on ${host.name}`,
      host: role,
      preview: [stopUnit(unit), disableUnit(unit)].map((command) => ({
        kind: 'command',
        text: toPreview(command),
      })),
      undo: 'undo',
      undoSentence: 'Lets it start at boot and starts it, as far as it did and ran before.',
      irreversible: false,
      timeoutMs: 180_000,
      attemptsMax: 2,
    },
    prove,
    async check(context) {
      return (await isOff(context))
        ? { done: true, sentence: `${unit} does not run and does not start at boot.` }
        : { done: false }
    },
    async run({ doors }, { signal }) {
      await doors[role].runOrThrow(stopUnit(unit), { timeoutMs: 150_000, signal })
      await doors[role].runOrThrow(disableUnit(unit), { timeoutMs: 30_000, signal })
    },
    async verify(context) {
      if (!(await isOff(context)))
        throw stepFailed(
          `${unit} on ${host.name} still runs or still starts at boot.`,
          `See who starts it: systemctl status ${unit}. Then resume.`,
        )
      return `${unit} is stopped and disabled on ${host.name}.`
    },
    async undo({ doors }) {
      if (isEnabled(before)) await doors[role].runOrThrow(enableUnit(unit), { timeoutMs: 30_000 })
      if (before && isRunning(before)) await doors[role].runOrThrow(startUnit(unit), { timeoutMs: 120_000 })
      return `${unit} is as it was: ${before?.activeState ?? 'unknown'}, ${before?.enabledState ?? 'unknown'}.`
    },
  }
}
