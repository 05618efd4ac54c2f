import { toPreview } from '@/lib/commands/command'
import { disableStart } from '@/lib/commands/fence'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { AppError, hasCode } from '@/lib/errors'
import { bootStartOf } from '@/lib/operations/boot-start-of'
import type { Proof, Step } from '@/lib/operations/engine/step'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { crontabNote } from '@/lib/operations/promote/steps/fence-primary'
import { readFence, startsAtBoot } from '@/lib/operations/read-fence'
import { stepFailed } from '@/lib/operations/step-failed'

/** On a host whose data could not be proved nothing is stopped while a server answers there: it could be fenced, or is another one. */
export function proveSilent({ hosts }: PromoteBasis): Proof<PromoteContext> {
  const { name } = hosts.primary
  return async ({ databases }) => {
    try {
      await databases.primary.query('select 1')
    } catch (error) {
      if (hasCode(error, 'POSTGRES_DOWN', 'POSTGRES_STARTING', 'POSTGRES_TIMED_OUT'))
        return `No PostgreSQL answers on ${name}.`
      throw error
    }
    throw new AppError('PRECONDITION_FAILED', `PostgreSQL on ${name} answers again.`, {
      fix: 'Close this operation and plan the promotion anew: it fences the old primary first, or is not needed any more.',
    })
  }
}

/**
 * What is left to do about the PostgreSQL of an old primary whose data directory is not there or is not the pair's: no `standby.signal` can
 * be put where its data are, but it is not started at boot any more.
 */
export function holdOldPrimary(basis: PromoteBasis, layout: PostgresLayout): Step<PromoteContext> {
  const { hosts, pair } = basis
  const { name } = hosts.primary
  const boot = bootStartOf({ ...basis, layout, host: hosts.primary, name: `${pair.slug} fence` })
  const isHeld = async (context: PromoteContext) =>
    !startsAtBoot(await readFence(context.doors.primary, layout), layout) &&
    !(await boot.isInCrontab(context.doors.primary))
  const disable = disableStart(layout)
  return {
    planned: {
      id: 'hold-old-primary',
      title: `Keep PostgreSQL on ${name} from being started at boot`,
      host: 'primary',
      preview: [
        ...(disable ? [{ kind: 'command' as const, text: toPreview(disable) }] : []),
        ...crontabNote(basis, layout),
        {
          kind: 'note',
          text: `Its data directory could not be proved, so ${name} is not fenced: it is watched for.`,
        },
      ],
      undo: 'undo',
      undoSentence: 'It is started at boot as before.',
      irreversible: false,
      timeoutMs: 120_000,
      attemptsMax: 2,
    },
    prove: proveSilent(basis),
    async check(context) {
      return (await isHeld(context))
        ? { done: true, sentence: `PostgreSQL on ${name} is not started at boot.` }
        : { done: false }
    },
    run: ({ doors }) => boot.hold(doors.primary),
    async verify(context) {
      if (!(await isHeld(context)))
        throw stepFailed(
          `PostgreSQL on ${name} is still started at boot.`,
          'Disable it by hand, then resume.',
        )
      return `PostgreSQL on ${name} is not started at boot any more.`
    },
    async undo({ doors }) {
      await boot.release(doors.primary)
      return `PostgreSQL on ${name} is started at boot as before.`
    },
  }
}
