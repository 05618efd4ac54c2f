import { fenceSignal } from '@/lib/commands/fence'
import type { Step } from '@/lib/operations/engine/step'
import { readFence } from '@/lib/operations/read-fence'
import { readFileRoleOf } from '@/lib/operations/read-file-role'
import type { SwitchoverContext, SwitchoverFileContext } from '@/lib/operations/switchover/basis'

/** A step that does nothing, and says why, to whoever comes to it once it is past. */
function unlessPast<C>(
  step: Step<C>,
  isPast: (context: C) => Promise<boolean>,
  sentence: (context: C) => string,
): Step<C> {
  return {
    ...step,
    check: async (context, io) =>
      (await isPast(context)) ? { done: true, sentence: sentence(context) } : await step.check(context, io),
    async run(context, io) {
      if (!(await isPast(context))) await step.run(context, io)
    },
    verify: async (context, io) =>
      (await isPast(context)) ? sentence(context) : await step.verify(context, io),
  }
}

/** Whether the standby of before is the primary by now: from there on it only goes forward. */
async function isPromoted(context: SwitchoverFileContext): Promise<boolean> {
  if (!context.pair.scope.database) return (await readFileRoleOf(context, 'standby')) === 'primary'
  const [row] = await context.databases.standby.query('select pg_is_in_recovery() as recovering')
  return row?.recovering === false
}

/**
 * A step of before the promotion. Once that is done, whoever comes to it again (with a resume, or late) must not stop the old primary,
 * which may follow by then, nor copy its files over those of the new one.
 */
export const beforePromotion = <C extends SwitchoverFileContext>(step: Step<C>): Step<C> =>
  unlessPast(step, isPromoted, ({ hosts }) => `It is past: ${hosts.standby.name} is promoted.`)

/** Whether this very operation has begun to stop the old primary, as its fence says. */
const isToldToStop = async ({ doors, layouts, operationId }: SwitchoverContext): Promise<boolean> =>
  (await readFence(doors.primary, layouts.primary)).signal === fenceSignal(operationId)

/** A step that asks what a stopped primary can't tell any more: whoever comes to it again with a resume finds it past. */
export const beforeStop = (step: Step<SwitchoverContext>): Step<SwitchoverContext> =>
  unlessPast(
    step,
    isToldToStop,
    ({ hosts }) => `It is past: PostgreSQL on ${hosts.primary.name} was told to stop.`,
  )
