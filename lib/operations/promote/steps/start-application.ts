import type { ApplicationControl } from '@/lib/operations/application-of'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { AnyOperationContext } from '@/lib/operations/context'
import type { Step } from '@/lib/operations/engine/step'
import type { ServeBasis } from '@/lib/operations/promote/basis'
import { stepFailed } from '@/lib/operations/step-failed'

/** The application runs on the new primary, starts at boot, and is healthy by the profile's own check. */
export function startApplication(
  { hosts, profile }: ServeBasis,
  application: ApplicationControl,
): Step<AnyOperationContext> {
  const { name, isHealthy } = application
  const { check, checkTimeoutSeconds } = profile.application
  const timeoutMs = checkTimeoutSeconds * 1_000
  return {
    planned: {
      id: 'start-application',
      title: `Start the application on ${hosts.standby.name}`,
      host: 'standby',
      preview: application.startPreview,
      undo: 'nothing-to-undo',
      undoSentence: 'It goes on running.',
      irreversible: false,
      timeoutMs: timeoutMs + 360_000,
      attemptsMax: 1,
    },
    async check({ doors: { standby } }) {
      return (await application.isOn(standby)) && (await isHealthy(standby))
        ? { done: true, sentence: `${name} runs and is healthy.` }
        : { done: false }
    },
    async run(context, { signal }) {
      const { standby } = context.doors
      await application.start(standby, signal)
      const { clock } = context
      await awaitFactFor({ signal, everyMs: 200, waitMs: timeoutMs, clock }, () => isHealthy(standby))
    },
    async verify({ doors: { standby } }) {
      if (!(await application.isOn(standby)))
        throw stepFailed(
          `${name} does not run on ${hosts.standby.name}, or does not start at boot.`,
          `Look at: ${application.look}. Then resume.`,
        )
      if (!(await isHealthy(standby)))
        throw stepFailed(
          `${name} runs on ${hosts.standby.name}, but its check says that it is not healthy.`,
          `Run it yourself: ${check ?? ''}. The database is promoted and writable; mend the application, then resume.`,
        )
      return `${name} runs on ${hosts.standby.name}, starts at boot${check === null ? '' : ' and is healthy'}.`
    },
  }
}
