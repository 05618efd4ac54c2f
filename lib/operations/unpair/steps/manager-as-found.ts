import { toPreview } from '@/lib/commands/command'
import { enableUnit, isRunning, parseUnit, readUnit, startUnit } from '@/lib/commands/systemd'
import type { FoundManager } from '@/lib/domain/adopt/found-replication'
import type { Step } from '@/lib/operations/engine/step'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** A program that would fail over by itself runs and starts at boot as far as it did before the pair was taken over. */
export function managerAsFound(
  { hosts }: UnpairBasis,
  { role, program, isActive, isEnabled }: FoundManager,
  unit: string,
): Step<UnpairContext> {
  const { name } = hosts[role]
  const commands = [...(isEnabled ? [enableUnit(unit)] : []), ...(isActive ? [startUnit(unit)] : [])]
  const isDone = async ({ doors }: UnpairContext) => {
    const state = parseUnit((await doors[role].runOrThrow(readUnit(unit), { timeoutMs: 10_000 })).stdout)
    return (!isActive || isRunning(state)) && (!isEnabled || state.enabledState === 'enabled')
  }
  return {
    planned: {
      ...onlyForward,
      id: `${role}-${program.replaceAll('_', '-')}-as-found`,
      title: `Let ${program} on ${name} fail over by itself again`,
      host: role,
      preview: commands.map((command) => ({ kind: 'command', text: toPreview(command) })),
      attemptsMax: 2,
    },
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `${unit} is as it was found.` }
        : { done: false }
    },
    async run({ doors }) {
      for (const command of commands) await doors[role].runOrThrow(command, { timeoutMs: 120_000 })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `${unit} on ${name} is not as it was found.`,
          `See why: systemctl status ${unit}. Then resume.`,
        )
      return `${unit} on ${name} is as it was found.`
    },
  }
}
