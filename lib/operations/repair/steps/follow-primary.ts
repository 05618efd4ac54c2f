import { asDatabaseOwner, sh, toPreview } from '@/lib/commands/command'
import { bringAutoConfBack, keepAutoConf } from '@/lib/commands/kept-auto-conf'
import { startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import { followSignal, hasAutoConf, putAutoConf } from '@/lib/commands/postgres-standby'
import type { PlannedStep } from '@/lib/domain/operation'
import { hasCode } from '@/lib/errors'
import { awaitAnswer } from '@/lib/operations/await-answer'
import { awaitFact } from '@/lib/operations/await-fact'
import { markOf } from '@/lib/operations/context'
import type { Step, StepIo } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import { readFence } from '@/lib/operations/read-fence'
import type { FollowBasis, RepairContext } from '@/lib/operations/repair/basis'
import { isStreaming } from '@/lib/operations/repair/steps/follows'
import { stepFailed } from '@/lib/operations/step-failed'
import { followSettings, tellSettings } from '@/lib/operations/steps/tell-settings'

const stopMs = 330_000
const startMs = 3_500_000
/** A standby that has nothing more to replay asks its primary at once, and again each 5 s (wal_retrieve_retry_interval). */
const stillMsMax = 20_000

const placeOf = ({ database: { layout } }: FollowBasis) => layout

export async function readFollowState({ doors }: RepairContext, basis: FollowBasis) {
  const layout = placeOf(basis)
  const autoConf = `${layout.dataDirectory}/postgresql.auto.conf`
  const [fence, content] = await Promise.all([
    readFence(doors.standby, layout),
    doors.standby.readFile(autoConf, 'database-owner'),
  ])
  const knowsPrimary = hasAutoConf(content ?? '', followSettings(basis))
  return { ...fence, knowsPrimary, isTold: fence.signal !== null && knowsPrimary, content: content ?? '' }
}

async function stop({ doors, databases }: RepairContext, basis: FollowBasis, signal?: AbortSignal) {
  await databases.standby.close()
  await doors.standby.runOrThrow(stopPostgres(placeOf(basis)), {
    timeoutMs: stopMs,
    ...(signal && { signal }),
  })
}

/** `standby.signal` first: from then on a start at any moment comes up read-only. */
async function tell(context: RepairContext, basis: FollowBasis): Promise<void> {
  const { dataDirectory, osUser } = placeOf(basis)
  await context.doors.standby.writeFile({
    path: `${dataDirectory}/standby.signal`,
    content: `${followSignal(basis.operationId)}\n`,
    mode: '0600',
    owner: `${osUser}:`,
    isSecret: false,
    as: 'database-owner',
  })
  await tellSettings(context, placeOf(basis), followSettings(basis))
}

/** Why a server does not come up is in its own log: for the operation it is a way that is not enough. */
async function start(context: RepairContext, basis: FollowBasis, { signal }: StepIo): Promise<void> {
  const { doors, databases, hosts } = context
  try {
    await doors.standby.runOrThrow(startPostgres(placeOf(basis)), { timeoutMs: startMs, signal })
    await awaitAnswer(
      databases.standby,
      signal,
      async () => (await readFollowState(context, basis)).isRunning,
    )
  } catch (error) {
    if (!hasCode(error, 'HOST_COMMAND_FAILED', 'POSTGRES_DOWN')) throw error
    throw stepFailed(
      `PostgreSQL on ${hosts.standby.name} did not come up as a standby.`,
      `Look into its log on ${hosts.standby.name}.`,
      error.detail,
    )
  }
}

/** Where the standby's replay has come; null while it can't be asked. */
async function replayed({ databases }: RepairContext): Promise<string | null> {
  const [row] = await databases.standby.query('select pg_last_wal_replay_lsn()::text as lsn')
  return row?.lsn === null ? null : String(row?.lsn)
}

/** Waits until it streams, as long as it still replays what it has itself; false where it stands still. */
async function awaitStreaming(context: RepairContext, { signal }: StepIo): Promise<boolean> {
  const { clock } = context
  let [last, since] = [await replayed(context), clock.now().getTime()]
  return await awaitFact({ signal, everyMs: 50 }, async () => {
    if (await isStreaming(context)) return true
    const now = await replayed(context)
    if (now !== last) [last, since] = [now, clock.now().getTime()]
    return clock.now().getTime() - since > stillMsMax ? false : null
  })
}

const titleOf = ({ hosts: { primary, standby }, database }: FollowBasis, isRewound: boolean): string =>
  isRewound
    ? `Let ${standby.name} follow ${primary.name} with the data that are rewound`
    : database.ways[0] === 'start'
      ? `Start PostgreSQL on ${standby.name}: it follows ${primary.name}`
      : `Let ${standby.name} follow ${primary.name} with the data that it has`

function plannedOf(basis: FollowBasis, isRewound: boolean): PlannedStep {
  const { database, operationId } = basis
  const { dataDirectory } = placeOf(basis)
  const added = putAutoConf('', followSettings(basis)).trimEnd().split('\n')
  return {
    id: isRewound ? 'follow-rewound' : 'follow',
    title: titleOf(basis, isRewound),
    host: 'standby',
    preview: [
      ...(isRewound ? [] : [{ kind: 'note' as const, text: database.reason }]),
      { kind: 'file', path: `${dataDirectory}/standby.signal`, diff: `+${followSignal(operationId)}\n` },
      {
        kind: 'file',
        path: `${dataDirectory}/postgresql.auto.conf`,
        diff: `${added.map((line) => `+${line}`).join('\n')}\n`,
      },
      { kind: 'command', text: toPreview(keepAutoConf(dataDirectory, markOf(operationId))) },
      { kind: 'command', text: toPreview(startPostgres(placeOf(basis))) },
    ],
    undo: 'undo',
    undoSentence: 'Stops it, and gives it back the settings that it had.',
    irreversible: false,
    timeoutMs: 4 * 3_600_000,
    attemptsMax: 1,
    ...(database.ways.length > 1 && { mayFail: 'next-way' as const }),
  }
}

/** What an undo leaves of `standby.signal`: what was there when the plan was made. */
async function bringSignalBack({ doors }: RepairContext, basis: FollowBasis): Promise<void> {
  const { dataDirectory, osUser } = placeOf(basis)
  const path = `${dataDirectory}/standby.signal`
  const { signal } = basis.database
  if (signal === null)
    await doors.standby.runOrThrow(asDatabaseOwner(sh`rm -f -- ${path}`), { timeoutMs: 10_000 })
  else
    await doors.standby.writeFile({
      path,
      content: `${signal}\n`,
      mode: '0600',
      owner: `${osUser}:`,
      isSecret: false,
      as: 'database-owner',
    })
}

/**
 * The standby's own data follow the primary: told where it is, started, and seen to stream. Where that is not enough the server is stopped again.
 * `isRewound`: whether the rewind has ended whose data they are; absent where they are as they were.
 */
export function followPrimary(
  basis: FollowBasis,
  isRewound?: (context: RepairContext) => Promise<boolean>,
): Step<RepairContext> {
  const { hosts, database, layouts } = basis
  const { name } = hosts.standby
  return {
    planned: plannedOf(basis, isRewound !== undefined),
    prove: proveHost({
      role: 'standby',
      layout: database.layout,
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['standby', 'starting', 'stopped'],
    }),
    async check(context) {
      return (await isStreaming(context))
        ? { done: true, sentence: `${name} streams from ${hosts.primary.name} already.` }
        : { done: false }
    },
    async run(context, io) {
      if (isRewound && !(await isRewound(context)))
        throw stepFailed(`The data of ${name} are not rewound: they are not started.`, '')
      const { isRunning, isTold } = await readFollowState(context, basis)
      if (!isTold) {
        if (isRunning) await stop(context, basis, io.signal)
        await tell(context, basis)
      }
      if (!isTold || !isRunning) await start(context, basis, io)
      if (await awaitStreaming(context, io)) return
      io.output(`It does not stream, and has nothing left to replay: it is stopped again.`)
      await stop(context, basis, io.signal)
    },
    async verify(context) {
      if (!(await isStreaming(context)))
        throw stepFailed(
          `${name} does not stream from ${hosts.primary.name} with the data that it has.`,
          `Its PostgreSQL log says why. The next way is tried where there is one.`,
        )
      return `${name} streams from ${hosts.primary.name}.`
    },
    async undo(context, { signal }) {
      const { doors, databases } = context
      if ((await readFollowState(context, basis)).isRunning) await stop(context, basis, signal)
      const { dataDirectory } = placeOf(basis)
      await doors.standby.runOrThrow(bringAutoConfBack(dataDirectory, markOf(basis.operationId)), {
        timeoutMs: 15_000,
      })
      await bringSignalBack(context, basis)
      if (!database.ran) return `${name} has its settings of before, and its PostgreSQL does not run.`
      await doors.standby.runOrThrow(startPostgres(placeOf(basis)), { timeoutMs: stopMs, signal })
      await awaitAnswer(
        databases.standby,
        signal,
        async () => (await readFollowState(context, basis)).isRunning,
      )
      return `PostgreSQL on ${name} runs with its settings of before.`
    },
  }
}
