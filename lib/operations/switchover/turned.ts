import type { PlannedStep, StepHost } from '@/lib/domain/operation'
import type { Step } from '@/lib/operations/engine/step'

const otherRole: Readonly<Record<StepHost, StepHost>> = {
  primary: 'standby',
  standby: 'primary',
  here: 'here',
}

/** The plan's own words for where it runs: in them the roles are those of before. */
const plannedTurned = (planned: PlannedStep, more: Partial<PlannedStep>): PlannedStep => ({
  ...planned,
  ...more,
  host: otherRole[planned.host],
})

/** A step that is written for the roles that the hosts are to have, as one of a plan in whose words they have those of before. */
export function turned<C>(step: Step<C>, more: Partial<PlannedStep> = {}): Step<{ readonly turned: C }> {
  const { check, run, verify, undo, prove } = step
  const deeds = {
    check: ({ turned: context }: { readonly turned: C }, io: Parameters<typeof check>[1]) =>
      check(context, io),
    run: ({ turned: context }: { readonly turned: C }, io: Parameters<typeof run>[1]) => run(context, io),
    verify: ({ turned: context }: { readonly turned: C }, io: Parameters<typeof verify>[1]) =>
      verify(context, io),
    ...(undo && {
      undo: ({ turned: context }: { readonly turned: C }, io: Parameters<typeof undo>[1]) =>
        undo(context, io),
    }),
  }
  if (prove === undefined)
    return { ...deeds, planned: { ...plannedTurned(step.planned, more), irreversible: false } }
  return {
    ...deeds,
    planned: plannedTurned(step.planned, more),
    prove: ({ turned: context }, io) => prove(context, io),
  }
}
