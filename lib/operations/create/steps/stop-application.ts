import { toPreview } from '@/lib/commands/command'
import {
  disableUnit,
  enableUnit,
  isRunning,
  parseUnit,
  readUnit,
  startUnit,
  stopUnit,
} from '@/lib/commands/systemd'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { stepFailed } from '@/lib/operations/step-failed'

const isEnabled = (state: { enabledState: string } | null | undefined) => state?.enabledState === 'enabled'

/** The application on the standby neither runs nor starts at boot: its database will be read-only. */
export function stopApplication({ hosts, facts }: CreateBasis, unit: string): Step<CreateContext> {
  const before = answerOf(facts.standby.machine)?.applicationUnit ?? null
  const read = async ({ doors }: CreateContext) =>
    parseUnit((await doors.standby.runOrThrow(readUnit(unit), { timeoutMs: 10_000 })).stdout)
  const isOff = async (context: CreateContext) => {
    const state = await read(context)
    return !isRunning(state) && !isEnabled(state)
  }
  return {
    planned: {
      id: 'stop-application',
      title: `Stop the application on ${hosts.standby.name}`,
      host: 'standby',
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
    async check(context) {
      return (await isOff(context))
        ? { done: true, sentence: `${unit} does not run and does not start at boot.` }
        : { done: false }
    },
    async run({ doors }, { signal }) {
      await doors.standby.runOrThrow(stopUnit(unit), { timeoutMs: 150_000, signal })
      await doors.standby.runOrThrow(disableUnit(unit), { timeoutMs: 30_000, signal })
    },
    async verify(context) {
      if (!(await isOff(context)))
        throw stepFailed(
          `${unit} on ${hosts.standby.name} still runs or still starts at boot.`,
          `See who starts it: systemctl status ${unit}. Then resume.`,
        )
      return `${unit} is stopped and disabled on ${hosts.standby.name}.`
    },
    async undo({ doors }) {
      if (isEnabled(before)) await doors.standby.runOrThrow(enableUnit(unit), { timeoutMs: 30_000 })
      if (before && isRunning(before)) await doors.standby.runOrThrow(startUnit(unit), { timeoutMs: 120_000 })
      return `${unit} is as it was: ${before?.activeState ?? 'unknown'}, ${before?.enabledState ?? 'unknown'}.`
    },
  }
}
