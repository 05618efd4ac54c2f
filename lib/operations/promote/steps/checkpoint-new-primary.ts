import type { Step } from '@/lib/operations/engine/step'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import { stepFailed } from '@/lib/operations/step-failed'

/**
 * Until a checkpoint the new timeline stands in no control file: a `pg_rewind` of the old primary would say that no rewind
 * is required on diverged servers.
 */
export function checkpointNewPrimary({ hosts }: PromoteBasis): Step<PromoteContext> {
  const question = `select timeline_id = ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as done
from pg_control_checkpoint()`
  const isDone = async ({ databases }: PromoteContext) =>
    (await databases.standby.query(question))[0]?.done === true
  return {
    planned: {
      id: 'checkpoint',
      title: `Write the new timeline into ${hosts.standby.name}’s control file`,
      host: 'standby',
      preview: [{ kind: 'sql', text: 'checkpoint' }],
      undo: 'nothing-to-undo',
      undoSentence: 'A checkpoint changes nothing.',
      irreversible: false,
      timeoutMs: 900_000,
      attemptsMax: 2,
    },
    async check(context) {
      return (await isDone(context)) ? { done: true, sentence: 'It stands there already.' } : { done: false }
    },
    async run({ databases }) {
      await databases.standby.query('checkpoint', [], { timeoutMs: 890_000 })
    },
    async verify(context) {
      if (!(await isDone(context)))
        throw stepFailed(
          'The checkpoint ended, but the control file has the old timeline.',
          'Resume the operation.',
        )
      return 'The control file has the new timeline.'
    },
  }
}
