import { toPreview } from '@/lib/commands/command'
import { bringTablespaceBack, findTablespacePlaced, placeTablespace } from '@/lib/commands/move-tablespace'
import type { TablespacePlan } from '@/lib/domain/tablespace-plan'
import { AppError } from '@/lib/errors'
import { type CreateBasis, createNames } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { moveData } from '@/lib/operations/create/steps/move-data'
import { readPlaces } from '@/lib/operations/create/steps/read-places'
import type { Step } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 15_000

/** The copies of the tablespaces take the places of the standby's own, before the copied data does. */
export function placeTablespaces(basis: CreateBasis): Step<CreateContext> {
  const { hosts, layouts } = basis
  const { tablespaces, copy } = createNames(basis)
  const { dataDirectory } = layouts.standby
  const linkIn = (data: string, oid: string) => `${data}/pg_tblspc/${oid}`
  const isDone = async (context: CreateContext) => {
    // The copied data may have its own place by now.
    const leads = async (plan: TablespacePlan, data: string) => {
      const find = findTablespacePlaced(plan, linkIn(data, plan.oid))
      return (await context.doors.standby.run(find, { timeoutMs })).exitCode === 0
    }
    for (const plan of tablespaces)
      if (!(await leads(plan, copy)) && !(await leads(plan, dataDirectory))) return false
    return true
  }
  return {
    planned: {
      id: 'place-tablespaces',
      title: `Give the tablespaces their places on ${hosts.standby.name}`,
      host: 'standby',
      preview: tablespaces.map((plan) => ({
        kind: 'command',
        text: toPreview(placeTablespace(plan, linkIn(copy, plan.oid))),
      })),
      undo: 'undo',
      undoSentence: 'Gives their old content its places back.',
      irreversible: false,
      timeoutMs: 330_000,
      attemptsMax: 1,
    },
    prove: proveHost({
      role: 'standby',
      layout: { ...layouts.standby, dataDirectory: copy },
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['stopped'],
      needsSignal: true,
    }),
    async check(context) {
      return (await isDone(context))
        ? { done: true, sentence: 'They have their places already.' }
        : { done: false }
    },
    async run(context) {
      if ((await readPlaces(context)).isRunning)
        throw new AppError(
          'PRECONDITION_FAILED',
          `PostgreSQL on ${hosts.standby.name} runs: its data is not moved under it.`,
          {
            fix: 'Stop it, and see who started it, then go on.',
          },
        )
      for (const plan of tablespaces) await moveData(context, placeTablespace(plan, linkIn(copy, plan.oid)))
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed('A tablespace is not in its place.', 'Look at the places in the plan, then resume.')
      return `${tablespaces.map(({ name }) => name).join(', ')}: the copies have their places, the old content is kept in them.`
    },
    async undo(context) {
      for (const plan of [...tablespaces].reverse())
        await moveData(context, bringTablespaceBack(plan, linkIn(copy, plan.oid)))
      return 'The old content of the tablespaces has its places again.'
    },
  }
}
