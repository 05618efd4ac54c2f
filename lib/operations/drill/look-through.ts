import { z } from 'zod'
import {
  databasesQuestion,
  readRelations,
  relationsQuestion,
  unreadQuestion,
} from '@/lib/commands/drill/check-copy'
import type { DrillCheck } from '@/lib/domain/drill'
import { hasCode } from '@/lib/errors'
import type { DrillContext } from '@/lib/operations/drill/basis'
import { inCopy } from '@/lib/operations/drill/copy-session'
import type { StepIo } from '@/lib/operations/engine/step'
import type { DatabaseSession, Row } from '@/lib/ports/host-door'
import type { ProfileCheck } from '@/lib/profiles/schema'
import type { Clock } from '@/lib/time'

/** So many relations are read by one statement: each keeps a lock until its end. */
const atOnce = 100
const readMs = 120_000
/** As much as a sentence bears. */
const shownMax = 5
const evidenceMax = 500

type Answer = Pick<DrillCheck, 'outcome' | 'evidence'>

/** What PostgreSQL refuses or does not answer in time is an answer about the copy; that its host can't be reached is none. */
async function answerFor(
  clock: Clock,
  ask: () => Promise<Answer>,
): Promise<Answer & Pick<DrillCheck, 'tookMs'>> {
  const begun = clock.now().getTime()
  const answer = await ask().catch((error: unknown): Answer => {
    if (
      !hasCode(error, 'POSTGRES_QUERY_FAILED', 'POSTGRES_TIMED_OUT', 'POSTGRES_DOWN', 'POSTGRES_AUTH_FAILED')
    )
      throw error
    return { outcome: 'failed', evidence: error.message }
  })
  return { ...answer, tookMs: clock.now().getTime() - begun }
}

async function readDatabase(
  session: DatabaseSession,
  signal: AbortSignal,
): Promise<{ count: number; unread: readonly string[] }> {
  const oids = (await session.query(relationsQuestion, [], { timeoutMs: readMs })).map(({ oid }) =>
    String(oid),
  )
  const unread: string[] = []
  for (let at = 0; at < oids.length; at += atOnce) {
    signal.throwIfAborted()
    await session.query(readRelations(oids.slice(at, at + atOnce)).text, [], { timeoutMs: readMs })
    const [row] = await session.query(unreadQuestion)
    unread.push(...z.array(z.string()).parse(JSON.parse(String(row?.unread))))
  }
  return { count: oids.length, unread }
}

/** Opens every table of every database of the copy and reads its first row. */
export async function readTables(context: DrillContext, io: StepIo): Promise<DrillCheck> {
  const answer = await answerFor(context.clock, async () => {
    const databases = await inCopy(context, io, 'postgres', (session) => session.query(databasesQuestion))
    const unread: string[] = []
    let count = 0
    for (const { name } of databases) {
      const found = await inCopy(context, io, String(name), (session) => readDatabase(session, io.signal))
      count += found.count
      unread.push(...found.unread.map((sentence) => `${name}: ${sentence}`))
    }
    for (const sentence of unread) io.output(sentence)
    const of = `${count} tables in ${databases.length} databases`
    return unread.length === 0
      ? { outcome: 'passed', evidence: `The first row of each of ${of} was read.` }
      : {
          outcome: 'failed',
          evidence: `${unread.length} of ${of} can’t be read: ${unread.slice(0, shownMax).join('; ')}.`.slice(
            0,
            evidenceMax,
          ),
        }
  })
  return { id: 'tables', title: 'Tables can be read', ...answer }
}

/** The answer to a check of the profile: one row, whose first column is true where all is well. */
export function judgeRows(rows: readonly Row[]): Answer {
  const [row] = rows
  if (!row || rows.length > 1)
    return { outcome: 'failed', evidence: `It answered ${rows.length} rows; it has to answer one.` }
  const columns = Object.entries(row)
  const [first, ...rest] = columns
  const words = (rest.length > 0 ? rest : columns)
    .map(([name, value]) => `${name}: ${value instanceof Date ? value.toISOString() : String(value)}`)
    .join(', ')
    .slice(0, evidenceMax)
  return { outcome: first?.[1] === true ? 'passed' : 'failed', evidence: words }
}

/** Before what the profile asks: in a drill nothing of it may write, whatever stands there. */
export const readOnly = 'set default_transaction_read_only = on'

/** Asks the copy what the profile has for it, in a session that can't write. */
export async function askProfileCheck(
  context: DrillContext,
  io: StepIo,
  { id, title, query, timeoutSeconds }: ProfileCheck,
): Promise<DrillCheck> {
  const { database } = context.profile.postgres
  const answer = await answerFor(context.clock, () =>
    inCopy(context, io, database, async (session) => {
      await session.query(readOnly)
      return judgeRows(await session.query(query, [], { timeoutMs: timeoutSeconds * 1_000 }))
    }),
  )
  return { id: `profile-${id}`, title, ...answer }
}
