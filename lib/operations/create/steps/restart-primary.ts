import { toPreview } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import { postgresStatus, restartPostgres } from '@/lib/commands/postgres-server'
import { isRunning } from '@/lib/commands/systemd'
import type { ReversibleStep } from '@/lib/domain/operation'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { AppError } from '@/lib/errors'
import { type ApplicationControl, applicationOf } from '@/lib/operations/application-of'
import { awaitAnswer } from '@/lib/operations/await-answer'
import { awaitFact } from '@/lib/operations/await-fact'
import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { walSettingsOf } from '@/lib/operations/create/steps/wal-settings'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
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

const notAgain =
  'PostgreSQL is not restarted a second time: what was set back takes effect at its next restart.'

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
    undoSentence: `${application === null ? '' : `Starts ${application.name} if it stopped with PostgreSQL. `}${notAgain}`,
    irreversible: false,
    timeoutMs: 480_000 + basis.profile.application.checkTimeoutSeconds * 1_000,
    attemptsMax: 1,
  }
}

const jobIdOf = ({ operationId }: CreateBasis) => `restart-primary-${operationId}`

/**
 * Where pg_ctl does it, as a job that nobody ends: cut off between stop and start, by a cancel or a connection that is lost, it would leave the
 * primary down. systemd goes on by itself once it was asked.
 */
async function restart({ doors, clock }: CreateContext, basis: CreateBasis, io: StepIo): Promise<void> {
  const { primary } = doors
  const layout = basis.layouts.primary
  const command = restartPostgres(layout)
  if (layout.unit !== null) {
    await primary.runOrThrow(command, { timeoutMs: 290_000 })
    return
  }
  const jobId = jobIdOf(basis)
  await ensureJob(primary, jobId, command)
  const job = await followJob({ door: primary, jobId, clock }, io, async () => undefined)
  const { text } = await primary.jobOutput(jobId, 0)
  await primary.forgetJob(jobId)
  if (job.state === 'ended' && job.exitCode === 0) return
  throw new AppError('HOST_COMMAND_FAILED', `PostgreSQL on ${primary.hostName} could not be restarted.`, {
    fix: `See whether it runs, and its log: ${layout.serverLog}. Then resume.`,
    detail: lastSaid(text),
  })
}

/** A restart that an undo finds under way goes on to its end, and leaves nothing of itself on the host. */
async function forgetRestart({ doors, clock }: CreateContext, basis: CreateBasis, io: StepIo): Promise<void> {
  const jobId = jobIdOf(basis)
  const { primary } = doors
  if (basis.layouts.primary.unit !== null || (await primary.jobState(jobId)).state === 'absent') return
  await followJob({ door: primary, jobId, clock }, io, async () => undefined)
  await primary.forgetJob(jobId)
}

const isServerRunning = async (door: HostDoor, layout: PostgresLayout) =>
  (await door.run(postgresStatus(layout), { timeoutMs: 15_000 })).exitCode === 0

const isUp = async (application: ApplicationControl, door: HostDoor) =>
  (await application.runs(door)) && (await application.isHealthy(door))

/** An application that dies of the connections that it lost does so a moment later: up is what stays up for this long. */
const settledMs = 3_000

/** Starts it where it does not run, and sees it stay up, within the time that it has for becoming healthy. */
async function bringUp(
  application: ApplicationControl,
  { doors, clock }: CreateContext,
  { profile }: CreateBasis,
  signal: AbortSignal,
): Promise<void> {
  const door = doors.primary
  const now = () => clock.now().getTime()
  const until = now() + settledMs + profile.application.checkTimeoutSeconds * 1_000
  let upSince: number | null = null
  // Started once for each time that it was found down: one that takes its time is not started again meanwhile.
  let isStarted = false
  await awaitFact({ signal, everyMs: 500 }, async () => {
    if (await isUp(application, door)) {
      upSince ??= now()
      isStarted = false
    } else {
      upSince = null
      if (!isStarted && !(await application.runs(door))) {
        await application.restore(door)
        isStarted = true
      }
    }
    const isSettled = upSince !== null && now() - upSince >= settledMs
    return isSettled || now() > until ? true : null
  })
}

/** Throws unless the application that ran before runs, and is healthy, again. */
async function verifyUp(application: ApplicationControl, door: HostDoor, host: string): Promise<void> {
  const { name, look } = application
  if (!(await application.runs(door)))
    throw stepFailed(
      `${name} on ${host} stopped when PostgreSQL was restarted, and does not run again.`,
      `Start it, and see why it does not: ${look}. Then resume.`,
    )
  if (!(await application.isHealthy(door)))
    throw stepFailed(
      `${name} on ${host} runs since PostgreSQL was restarted, but its check says that it is not healthy.`,
      `See why: ${look}. Then resume.`,
    )
}

/**
 * The one restart of the primary that was announced and agreed to; the application is started again if it went with it. It is done only
 * when both are: cut off between the two, production would be left without its application.
 */
export function restartPrimary(basis: CreateBasis): Step<CreateContext> {
  const { hosts, layouts } = basis
  const { name } = hosts.primary
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
      const isDone =
        !(await isPending(context)) && (!application || (await isUp(application, context.doors.primary)))
      return isDone ? { done: true, sentence: 'No setting waits for a restart any more.' } : { done: false }
    },
    async run(context, io) {
      const { doors, databases } = context
      const { signal } = io
      if (await isPending(context)) {
        await databases.primary.close()
        await restart(context, basis, io)
        await awaitAnswer(databases.primary, signal, () => isServerRunning(doors.primary, layouts.primary))
      }
      if (application) await bringUp(application, context, basis, signal)
    },
    async verify(context) {
      if (await isPending(context))
        throw stepFailed(
          'PostgreSQL was restarted, but a setting still waits for a restart.',
          `Look at pg_settings on ${name}: where pending_restart.`,
        )
      if (application) await verifyUp(application, context.doors.primary, name)
      return `PostgreSQL on ${name} runs with the new settings${application ? `, and so does ${application.name}` : ''}.`
    },
    async undo(context, io) {
      const { doors } = context
      await forgetRestart(context, basis, io)
      if (!application || (await isUp(application, doors.primary))) return notAgain
      await application.restore(doors.primary)
      if (await application.runs(doors.primary)) return `${application.name} runs again. ${notAgain}`
      throw stepFailed(
        `${application.name} on ${name} stopped when PostgreSQL was restarted, and does not run again.`,
        `Start it, and see why it does not: ${application.look}. Then undo again.`,
      )
    },
  }
}
