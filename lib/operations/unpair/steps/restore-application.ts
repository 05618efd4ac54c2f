import { isRunning } from '@/lib/commands/systemd'
import type { ApplicationControl } from '@/lib/operations/application-of'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { stepFailed } from '@/lib/operations/step-failed'
import type { UnpairBasis, UnpairContext } from '@/lib/operations/unpair/basis'
import { onlyForward } from '@/lib/operations/unpair/steps/only-forward'

/** The application starts at boot and runs as far as it did before the pair was made. */
export function restoreApplication(
  { hosts }: UnpairBasis,
  { facts }: FileBasis,
  application: ApplicationControl,
): Step<UnpairContext> {
  const { name } = hosts.standby
  const unit = answerOf(facts.standby.machine)?.applicationUnit
  const ran = unit ? isRunning(unit) : facts.standby.applicationHealthy === true
  return {
    planned: {
      ...onlyForward,
      id: 'restore-application',
      title: `Let the application on ${name} be as it was`,
      host: 'standby',
      preview: ran
        ? application.startPreview
        : [
            {
              kind: 'note',
              text: 'It did not run then, so it is not started; whether it starts at boot is as it was.',
            },
          ],
      timeoutMs: 360_000,
      attemptsMax: 2,
    },
    // Enabling and starting what is enabled and runs does nothing.
    check: async () => ({ done: false }),
    run: ({ doors }) => application.restore(doors.standby),
    async verify({ doors }) {
      if (ran && !(await application.runs(doors.standby)))
        throw stepFailed(
          `${application.name} on ${name} ran before the pair, and does not run again.`,
          `See why: ${application.look}. Then resume.`,
        )
      return `${application.name} is as it was before the pair.`
    },
  }
}
