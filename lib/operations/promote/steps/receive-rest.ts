import { controlData } from '@/lib/commands/postgres-server'
import { formatBytes } from '@/lib/domain/format-bytes'
import { lsnDistanceBytes } from '@/lib/domain/lsn'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { parseControlData } from '@/lib/facts/control-data'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { Step } from '@/lib/operations/engine/step'
import { isNoAccess } from '@/lib/operations/preflight/read-host-facts'
import type { PromoteBasis } from '@/lib/operations/promote/basis'
import type { PromoteContext } from '@/lib/operations/promote/context'

/** How long the standby is waited for: what a stopped primary sent is on its way already. */
const waitMs = 10_000
/** What `pg_controldata` calls a server that was stopped in order, as a primary and as a standby. */
const stoppedStates = ['shut down', 'shut down in recovery']

type Rest = {
  /** Bytes up to the fenced primary's last checkpoint that the standby lacks; at most 0 when it has all. */
  readonly missing: number
  readonly checkpointLsn: string
  /** It was stopped in order: then that checkpoint is the end of what it wrote. */
  readonly isEnd: boolean
}

async function readRest({ doors, databases }: PromoteContext, layout: PostgresLayout): Promise<Rest> {
  const control = controlData(layout, layout.dataDirectory)
  const { checkpointLsn, clusterState } = parseControlData(
    (await doors.primary.runOrThrow(control, { timeoutMs: 15_000 })).stdout,
  )
  const [row] = await databases.standby.query(
    'select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text as lsn',
  )
  // The checkpoint's record begins there: a standby that has it is beyond.
  const missing = lsnDistanceBytes(checkpointLsn, String(row?.lsn ?? '0/0')) + 1
  return { missing, checkpointLsn, isEnd: stoppedStates.includes(clusterState) }
}

function restSentence({ hosts: { primary, standby } }: PromoteBasis, rest: Rest): string {
  const stays = 'stays in the data directory there'
  if (rest.missing > 0)
    return `${standby.name} lacks ${formatBytes(rest.missing)} of WAL that ${primary.name} wrote; it ${stays}.`
  return rest.isEnd
    ? `${standby.name} has everything that ${primary.name} wrote: nothing of the database is lost.`
    : `${standby.name} has everything up to ${primary.name}’s last checkpoint (${rest.checkpointLsn}). PostgreSQL there was not stopped in order: what it wrote after that and had not sent is not known; it ${stays}.`
}

/** Whether the standby has everything up to the fenced primary's shutdown checkpoint: then nothing of the database is lost. */
export function receiveRest(basis: PromoteBasis, layout: PostgresLayout): Step<PromoteContext> {
  const { hosts, facts } = basis
  /** Null where the fenced host can't be asked any more: that holds nothing up, it is fenced. */
  const read = async (context: PromoteContext) => {
    try {
      return await readRest(context, layout)
    } catch (error) {
      if (isNoAccess(error)) return null
      throw error
    }
  }
  return {
    planned: {
      id: 'receive-rest',
      title: `See how much of ${hosts.primary.name}’s WAL ${hosts.standby.name} has`,
      host: 'standby',
      preview: [
        {
          kind: 'note',
          text: `The last checkpoint of the fenced primary (pg_controldata) against the standby’s received LSN; waits up to ${waitMs / 1000} s.`,
        },
      ],
      undo: 'nothing-to-undo',
      undoSentence: 'It only looked.',
      irreversible: false,
      timeoutMs: 60_000,
      attemptsMax: 1,
    },
    async check({ databases }) {
      const [row] = await databases.standby.query('select pg_is_in_recovery() as recovering')
      return row?.recovering === true
        ? { done: false }
        : { done: true, sentence: `${hosts.standby.name} is promoted already: nothing more is received.` }
    },
    async run(context, { signal }) {
      const { clock } = context
      await awaitFactFor(
        { signal, everyMs: 50, waitMs, clock },
        async () => ((await read(context))?.missing ?? 0) <= 0,
      )
    },
    async verify(context) {
      const rest = await read(context)
      return rest
        ? restSentence(basis, rest)
        : `${hosts.primary.name} can’t be asked any more. As was told before: ${facts.lossSentence}`
    },
  }
}
