import { asDatabaseOwner, sh } from '@/lib/commands/command'
import { fenceFile, fencePreview, fenceSignal } from '@/lib/commands/fence'
import { controlData, startPostgres } from '@/lib/commands/postgres-server'
import type { PreviewLine, ReversibleStep } from '@/lib/domain/operation'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { hasCode } from '@/lib/errors'
import { parseControlData } from '@/lib/facts/control-data'
import type { FenceFacts } from '@/lib/facts/fence-facts'
import { askHost } from '@/lib/operations/ask-host'
import { awaitAnswer } from '@/lib/operations/await-answer'
import { bootStartOf } from '@/lib/operations/boot-start-of'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { isHung } from '@/lib/operations/promote/steps/end-hung-primary'
import { proveOldPrimary } from '@/lib/operations/promote/steps/prove-old-primary'
import { stallMaxMs, stopOrKill } from '@/lib/operations/promote/steps/stop-or-kill'
import { readFence, startsAtBoot } from '@/lib/operations/read-fence'
import { stepFailed } from '@/lib/operations/step-failed'

/** Stopped, not started at boot, and read-only even when started by hand. */
const isFenced = (fence: FenceFacts, layout: PostgresLayout, operationId: string): boolean =>
  !fence.isRunning && fence.signal === fenceSignal(operationId) && !startsAtBoot(fence, layout)

/** What in the crontab of an unprivileged user starts PostgreSQL, or the application that brings it up. */
export const crontabNote = (
  { facts, hosts }: PromoteBasis,
  layout: PostgresLayout,
): readonly PreviewLine[] =>
  layout.unit === null && facts.primary.bootLines !== null && facts.primary.bootLines.length > 0
    ? [
        {
          kind: 'note',
          text: `Made a comment in ${hosts.primary.user}’s crontab: ${facts.primary.bootLines.join(' · ')}`,
        },
      ]
    : []

function plannedOf(basis: PromoteBasis, layout: PostgresLayout): ReversibleStep {
  const { hosts, operationId } = basis
  return {
    id: 'fence-primary',
    title: `Fence ${hosts.primary.name}: stop PostgreSQL so that it can’t come back writable`,
    host: 'primary',
    preview: [...fencePreview(layout, operationId, stallMaxMs / 1_000), ...crontabNote(basis, layout)],
    undo: 'undo',
    undoSentence: `Starts PostgreSQL on ${hosts.primary.name} as the primary again.`,
    irreversible: false,
    timeoutMs: 420_000,
    attemptsMax: 2,
  }
}

/**
 * The old primary is stopped, is not started at boot, and would come up read-only even if it were started by hand: with
 * `standby.signal` PostgreSQL starts as a standby (PostgreSQL documentation 27.2.2). The file is written first, so that a
 * restart at any moment from then on is harmless.
 */
export function fencePrimary(basis: PromoteBasis, layout: PostgresLayout): Step<PromoteContext> {
  const { hosts, operationId, facts } = basis
  const signalPath = `${layout.dataDirectory}/standby.signal`
  const ranBefore = answerOf(facts.primary.server) !== null
  const boot = bootStartOf({ ...basis, layout, host: hosts.primary, name: `${basis.pair.slug} fence` })
  const isDone = async (context: PromoteContext) =>
    isFenced(await readFence(context.doors.primary, layout), layout, operationId) &&
    !(await boot.isInCrontab(context.doors.primary))
  return {
    planned: plannedOf(basis, layout),
    prove: proveOldPrimary(basis, layout),
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: `${hosts.primary.name} is fenced already.` }
        : { done: false }
    },
    async run(context, io) {
      const { doors, databases } = context
      await databases.primary.close()
      await doors.primary.writeFile(fenceFile(layout, operationId))
      await boot.hold(doors.primary)
      // systemd may be about to start it (an application's restart pulls it in): its stop also takes such a job back.
      if (layout.unit !== null || (await readFence(context.doors.primary, layout)).isRunning)
        await stopOrKill(context, layout, io)
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          `${hosts.primary.name} is not fenced: its PostgreSQL runs, or would start writable.`,
          'See what keeps it running, then resume. Nothing was promoted.',
          JSON.stringify(await readFence(context.doors.primary, layout)),
        )
      const question = controlData(layout, layout.dataDirectory)
      const control = parseControlData(await askHost(context.doors.primary, question))
      return `PostgreSQL on ${hosts.primary.name} is stopped (${control.clusterState}, last checkpoint ${control.checkpointLsn}), is not started at boot, and would start read-only.`
    },
    async undo(context, { signal }) {
      const { doors, databases } = context
      const fence = await readFence(context.doors.primary, layout)
      if (fence.signal === fenceSignal(operationId))
        await doors.primary.runOrThrow(asDatabaseOwner(sh`rm -f -- ${signalPath}`), { timeoutMs: 10_000 })
      await boot.release(doors.primary)
      if (isHung(facts)) return `${hosts.primary.name} is not fenced any more.`
      if (!ranBefore) return `${hosts.primary.name} is as it was: PostgreSQL did not run.`
      if (!fence.isRunning)
        await doors.primary.runOrThrow(startPostgres(layout), { timeoutMs: 330_000, signal })
      try {
        await awaitAnswer(
          databases.primary,
          signal,
          async () => (await readFence(context.doors.primary, layout)).isRunning,
        )
      } catch (error) {
        // It was never stopped: one that hangs would be waited for without end.
        if (!fence.isRunning || !hasCode(error, 'POSTGRES_TIMED_OUT')) throw error
        return `${hosts.primary.name} is not fenced any more; its PostgreSQL runs and does not answer.`
      }
      return `PostgreSQL on ${hosts.primary.name} runs as the primary again.`
    },
  }
}
