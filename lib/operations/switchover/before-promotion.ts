import type { Step } from '@/lib/operations/engine/step'
import { readFileRoleOf } from '@/lib/operations/read-file-role'
import type { SwitchoverFileContext } from '@/lib/operations/switchover/basis'

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
export function beforePromotion<C extends SwitchoverFileContext>(step: Step<C>): Step<C> {
  const past = ({ hosts }: C) => `It is past: ${hosts.standby.name} is promoted.`
  return {
    ...step,
    check: async (context, io) =>
      (await isPromoted(context)) ? { done: true, sentence: past(context) } : await step.check(context, io),
    async run(context, io) {
      if (!(await isPromoted(context))) await step.run(context, io)
    },
    verify: async (context, io) =>
      (await isPromoted(context)) ? past(context) : await step.verify(context, io),
  }
}
