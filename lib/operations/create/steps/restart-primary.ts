import { toPreview } from '@/lib/commands/command'
import { postgresStatus, restartPostgres } from '@/lib/commands/postgres-server'
import { isRunning } from '@/lib/commands/systemd'
import type { ReversibleStep } from '@/lib/domain/operation'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { type ApplicationControl, applicationOf } from '@/lib/operations/application-of'
import { awaitAnswer } from '@/lib/operations/await-answer'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { walSettingsOf } from '@/lib/operations/create/steps/wal-settings'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'
import type { HostDoor } from '@/lib/ports/host-door'

/** The application where it ran when the plan was made: then it must run again afterwards. */
function applicationThatRan({ facts, profile, hosts, pair }: CreateBasis): ApplicationControl | null {
  const unit = answerOf(facts.primary.machine)?.applicationUnit
  const ran = facts.primary.applicationHealthy === true || (unit != null && isRunning(unit))
  return ran ? applicationOf({ profile, host: hosts.primary, slug: pair.slug, facts: facts.primary }) : null
}

function plannedOf(basis: CreateBasis): ReversibleStep {
  const { hosts, layouts } = basis
  const application = applicationThatRan(basis)
  return {
    id: 'restart-primary',
    title: `Restart PostgreSQL on ${hosts.primary.name}`,
    host: 'primary',
    preview: [
      { kind: 'command', text: toPreview(restartPostgres(layouts.primary)) },
      { kind: 'note', text: 'The application loses its connections for a few seconds.' },
      ...(application === null
        ? []
        : [
            {
              kind: 'note' as const,
              text: `${application.name} is started again if it stopped with PostgreSQL:`,
            },
            ...application.startPreview,
          ]),
    ],
    undo: 'nothing-to-undo',
    undoSentence:
      'PostgreSQL is not restarted a second time: what was set back takes effect at its next restart.',
    irreversible: false,
    timeoutMs: 300_000,
    attemptsMax: 1,
  }
}

const isServerRunning = async (door: HostDoor, layout: PostgresLayout) =>
  (await door.run(postgresStatus(layout), { timeoutMs: 15_000 })).exitCode === 0

const isUp = async (application: ApplicationControl, door: HostDoor) =>
  (await application.isOn(door)) && (await application.isHealthy(door))

/** The one restart of the primary that was announced and agreed to; the application is started again if it went with it. */
export function restartPrimary(basis: CreateBasis): Step<CreateContext> {
  const { hosts, layouts } = basis
  const names = Object.keys(walSettingsOf(basis).values)
  const application = applicationThatRan(basis)

  const isPending = async ({ databases }: CreateContext): Promise<boolean> => {
    const [row] = await databases.primary.query(
      'select count(*)::int as pending from pg_settings where pending_restart and name = any ($1)',
      [names],
    )
    return row?.pending !== 0
  }

  return {
    planned: plannedOf(basis),
    prove: proveHost({
      role: 'primary',
      layout: layouts.primary,
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['primary'],
    }),
    async check(context) {
      return (await isPending(context))
        ? { done: false }
        : { done: true, sentence: 'No setting waits for a restart any more.' }
    },
    async run({ doors, databases }, { signal }) {
      await databases.primary.close()
      await doors.primary.runOrThrow(restartPostgres(layouts.primary), { timeoutMs: 290_000, signal })
      await awaitAnswer(databases.primary, signal, () => isServerRunning(doors.primary, layouts.primary))
      if (application && !(await isUp(application, doors.primary))) await application.restore(doors.primary)
    },
    async verify(context) {
      if (await isPending(context))
        throw stepFailed(
          'PostgreSQL was restarted, but a setting still waits for a restart.',
          `Look at pg_settings on ${hosts.primary.name}: where pending_restart.`,
        )
      return `PostgreSQL on ${hosts.primary.name} runs with the new settings.`
    },
  }
}
