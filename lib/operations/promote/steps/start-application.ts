import { asRoot, type Command, sh, toPreview } from '@/lib/commands/command'
import { enableUnit, isRunning, parseUnit, readUnit, startUnit } from '@/lib/commands/systemd'
import { awaitFact } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { stepFailed } from '@/lib/operations/step-failed'

/** A command of the profile's author, as a command of its own shell. */
const profileCommand = (text: string): Command => asRoot(sh`sh -c ${text}`)

/** The application runs on the new primary, starts at boot, and is healthy by the profile's own check. */
export function startApplication({ hosts, profile }: PromoteBasis, unit: string): Step<PromoteContext> {
  const { check, checkTimeoutSeconds } = profile.application
  const timeoutMs = checkTimeoutSeconds * 1_000
  const runs = async ({ doors }: PromoteContext) => {
    const state = parseUnit((await doors.standby.runOrThrow(readUnit(unit), { timeoutMs: 10_000 })).stdout)
    return isRunning(state) && state.enabledState === 'enabled'
  }
  const isHealthy = async ({ doors }: PromoteContext) =>
    check === null || (await doors.standby.run(profileCommand(check), { timeoutMs: 30_000 })).exitCode === 0
  return {
    planned: {
      id: 'start-application',
      title: `Start the application on ${hosts.standby.name}`,
      host: 'standby',
      preview: [enableUnit(unit), startUnit(unit), ...(check === null ? [] : [profileCommand(check)])].map(
        (command) => ({
          kind: 'command',
          text: toPreview(command),
        }),
      ),
      undo: 'nothing-to-undo',
      undoSentence: 'It goes on running.',
      irreversible: false,
      timeoutMs: timeoutMs + 180_000,
      attemptsMax: 1,
    },
    async check(context) {
      return (await runs(context)) && (await isHealthy(context))
        ? { done: true, sentence: `${unit} runs and is healthy.` }
        : { done: false }
    },
    async run(context, { signal }) {
      await context.doors.standby.runOrThrow(enableUnit(unit), { timeoutMs: 30_000, signal })
      await context.doors.standby.runOrThrow(startUnit(unit), { timeoutMs: 120_000, signal })
      const until = context.clock.now().getTime() + timeoutMs
      await awaitFact({ signal, everyMs: 500 }, async () =>
        (await isHealthy(context)) || context.clock.now().getTime() > until ? true : null,
      )
    },
    async verify(context) {
      if (!(await runs(context)))
        throw stepFailed(
          `${unit} does not run on ${hosts.standby.name}.`,
          `Look at: journalctl -u ${unit}. Then resume.`,
        )
      if (!(await isHealthy(context)))
        throw stepFailed(
          `${unit} runs on ${hosts.standby.name}, but its check says that it is not healthy.`,
          `Run it yourself: ${check ?? ''}. The database is promoted and writable; mend the application, then resume.`,
        )
      return `${unit} runs on ${hosts.standby.name}, starts at boot${check === null ? '' : ' and is healthy'}.`
    },
  }
}
