import { sqlLiteral } from '@/lib/commands/sql'
import { AppError } from '@/lib/errors'
import { awaitFact } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import { isListening } from '@/lib/operations/is-listening'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'
import type { SharedLook } from '@/lib/operations/promote/shared-look'
import { proveStandby } from '@/lib/operations/promote/steps/prove-standby'
import { stepFailed } from '@/lib/operations/step-failed'

/** A promote signal within milliseconds of the stream's loss can be missed for 5 s: it is sent again until recovery has ended. */
const everyMs = 50
const promoteSql = 'select pg_promote(false)'

const witness = (operationId: string) => `do $understudy$ begin
  create schema if not exists understudy;
  create table if not exists understudy.promotions (operation text primary key, promoted_at timestamptz not null default now());
  insert into understudy.promotions (operation) values (${sqlLiteral(operationId)}) on conflict do nothing;
end $understudy$`

/**
 * Rule 1, read again just before: nothing listens where the old primary's PostgreSQL did. It was away when the plan was made, and so is not
 * fenced; or it was fenced a while ago, and may not have been asked since.
 */
export async function verifyPrimaryAway(context: PromoteContext): Promise<void> {
  const { doors, hosts, layouts, facts } = context
  const { name } = hosts.primary
  const { port } = layouts.primary ?? facts.primaryLayout ?? layouts.standby
  if (!(await isListening(doors.standby, hosts.primary.address, port))) return
  if (layouts.primary)
    throw new AppError('PRECONDITION_FAILED', `Something answers at PostgreSQL’s port of ${name} again.`, {
      fix: `Find out what listens on port ${port} there and stop it, then resume: ${name} is fenced once more.`,
    })
  throw new AppError('PRECONDITION_FAILED', `PostgreSQL on ${name} answers again and is not fenced.`, {
    fix: facts.primary.machine.seen
      ? `Stop it by hand on ${name} so that it stays stopped, then resume; or close this operation and plan the promotion anew.`
      : 'Close this operation and plan the promotion anew: it fences the old primary first, or is not needed any more.',
  })
}

/** Whether this operation's row stands in the promoted server. */
async function hasWritten({ databases, operationId }: PromoteContext): Promise<boolean> {
  const [table] = await databases.standby.query(
    "select to_regclass('understudy.promotions') is not null as known",
  )
  if (table?.known !== true) return false
  const rows = await databases.standby.query('select 1 from understudy.promotions where operation = $1', [
    operationId,
  ])
  return rows.length > 0
}

/** The standby becomes the primary. There is no way back from here on. `away` looks that the old one does not answer. */
export function promoteStandby(
  { hosts, facts, layouts, operationId }: PromoteBasis,
  away: SharedLook<PromoteContext>,
): Step<PromoteContext> {
  const timelineBefore = answerOf(facts.standby.server)?.timeline ?? 0
  return {
    planned: {
      id: 'promote-standby',
      title: `Promote ${hosts.standby.name}`,
      host: 'standby',
      preview: [
        { kind: 'sql', text: `${promoteSql} -- about every ${everyMs} ms until recovery has ended` },
        { kind: 'sql', text: witness(operationId) },
      ],
      undo: 'forward-only',
      undoSentence: 'From here on it only goes forward.',
      irreversible: true,
      timeoutMs: 300_000,
      attemptsMax: 3,
    },
    async prove(context) {
      const isAway = away.take(context)
      isAway.catch(() => undefined) // of no interest where the standby is promoted already
      const { lsn, timeline, isRecovering } = await proveStandby(context)
      if (isRecovering) await isAway
      return `${hosts.standby.name} proved itself: system identifier ${layouts.standby.systemIdentifier}, ${isRecovering ? `in recovery at ${lsn}` : `promoted, on timeline ${timeline} at ${lsn}`}.`
    },
    async check(context) {
      const now = await proveStandby(context)
      if (now.isRecovering) return { done: false }
      if (now.timeline <= timelineBefore)
        throw new AppError(
          'WRONG_HOST',
          `${hosts.standby.name} is not in recovery, and was not promoted either.`,
          {
            fix: 'Find out how it came to accept writes, then plan again.',
            detail: `timeline ${now.timeline}, at plan time ${timelineBefore}`,
          },
        )
      return (await hasWritten(context))
        ? {
            done: true,
            sentence: `${hosts.standby.name} is promoted already, on timeline ${now.timeline} at ${now.lsn}.`,
          }
        : { done: false }
    },
    async run({ databases }, { signal }) {
      await awaitFact({ signal, everyMs }, async () => {
        const [row] = await databases.standby.query(
          'select case when pg_is_in_recovery() then pg_promote(false) end is null as ended',
        )
        return row?.ended === true ? true : null
      })
      await databases.standby.query(witness(operationId))
    },
    async verify(context) {
      const now = await proveStandby(context)
      if (now.isRecovering || now.timeline <= timelineBefore || !(await hasWritten(context)))
        throw stepFailed(
          `${hosts.standby.name} was told to promote, but is not a primary yet.`,
          `Look into the PostgreSQL log of ${hosts.standby.name}, then resume.`,
          JSON.stringify(now),
        )
      return `${hosts.standby.name} is the primary on timeline ${now.timeline} (was ${timelineBefore}) at ${now.lsn}, out of recovery, and a row was written.`
    },
  }
}
