import { toPreview } from '@/lib/commands/command'
import {
  disableUnit,
  enableUnit,
  isRunning,
  killUnit,
  parseUnit,
  readControlGroup,
  readUnit,
  startUnit,
  stopUnit,
} from '@/lib/commands/systemd'
import type { FoundManager } from '@/lib/domain/adopt/found-replication'
import type { Host } from '@/lib/domain/host'
import type { Role } from '@/lib/domain/pair'
import type { AdoptContext } from '@/lib/operations/adopt/basis'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { HostDoor } from '@/lib/ports/host-door'

const timeoutMs = 120_000

/** A program that would promote the standby by itself neither runs nor starts at boot: two that decide are one too many. */
export function stopManager(
  hosts: Readonly<Record<Role, Host>>,
  { role, program, isActive, isEnabled }: FoundManager,
  unit: string,
): Step<AdoptContext> {
  const { name } = hosts[role]
  const isEmpty = async (door: HostDoor) =>
    (await door.runOrThrow(readControlGroup(unit), { timeoutMs: 10_000 })).stdout.trim() === ''
  const isOff = async (door: HostDoor) => {
    const state = parseUnit((await door.runOrThrow(readUnit(unit), { timeoutMs: 10_000 })).stdout)
    return !isRunning(state) && state.enabledState !== 'enabled' && (await isEmpty(door))
  }
  return {
    planned: {
      id: `stop-${role}-${program.replaceAll('_', '-')}`,
      title: `Keep ${program} on ${name} from failing over by itself`,
      host: role,
      preview: [
        ...[stopUnit(unit), disableUnit(unit)].map((command) => ({
          kind: 'command' as const,
          text: toPreview(command),
        })),
        { kind: 'note', text: `What goes on running all the same is ended: systemctl kill ${unit}.` },
      ],
      undo: 'undo',
      undoSentence: 'Lets it start at boot and starts it, as far as it did and ran before.',
      irreversible: false,
      timeoutMs: 300_000,
      attemptsMax: 2,
    },
    async check({ doors }) {
      return (await isOff(doors[role]))
        ? { done: true, sentence: `${unit} does not run and does not start at boot.` }
        : { done: false }
    },
    async run({ doors, clock }, { signal }) {
      await doors[role].runOrThrow(stopUnit(unit), { timeoutMs })
      await doors[role].runOrThrow(disableUnit(unit), { timeoutMs })
      if (await isEmpty(doors[role])) return
      // It fails where the last process has ended by itself in between.
      await doors[role].run(killUnit(unit), { timeoutMs })
      await awaitFactFor({ signal, everyMs: 100, waitMs: 10_000, clock }, () => isEmpty(doors[role]))
    },
    async verify({ doors }) {
      if (!(await isOff(doors[role])))
        throw stepFailed(
          `${unit} on ${name} still runs or still starts at boot.`,
          `See who starts it: systemctl status ${unit}. Then resume.`,
        )
      return `${unit} is stopped on ${name} and does not start at boot.`
    },
    async undo({ doors }) {
      if (isEnabled) await doors[role].runOrThrow(enableUnit(unit), { timeoutMs })
      if (isActive) await doors[role].runOrThrow(startUnit(unit), { timeoutMs })
      return `${unit} is as it was.`
    },
  }
}
