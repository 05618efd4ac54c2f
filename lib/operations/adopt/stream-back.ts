import { type Command, toPreview } from '@/lib/commands/command'
import { bringAutoConfBack } from '@/lib/commands/kept-auto-conf'
import { restartPostgres } from '@/lib/commands/postgres-server'
import { reloadSettings } from '@/lib/commands/postgres-settings'
import type { Host } from '@/lib/domain/host'
import type { PreviewLine } from '@/lib/domain/operation'
import type { Role } from '@/lib/domain/pair'
import { applicationName } from '@/lib/domain/pair-names'
import { majorVersion, type PostgresLayout } from '@/lib/domain/postgres-layout'
import { awaitAnswer } from '@/lib/operations/await-answer'
import { awaitFactFor } from '@/lib/operations/await-fact'
import type { OperationContext } from '@/lib/operations/context'
import { stepFailed } from '@/lib/operations/step-failed'

/** How long a stream that begins anew is waited for: a standby tries again each 5 s (wal_retrieve_retry_interval). */
export const streamMs = 60_000
/** From this version on what a standby follows changes with a reload (PostgreSQL 13, release notes E.1.3.4). */
const reloadableSince = 13

type Asked = Pick<OperationContext<PostgresLayout | null>, 'doors' | 'databases' | 'clock'>

/** The standby whose stream changes hands. */
export type ChangingStream = {
  readonly hosts: Readonly<Record<Role, Pick<Host, 'name' | 'address'>>>
  readonly slug: string
  readonly standby: PostgresLayout
  /** Of the operation that kept what was there before. */
  readonly mark: string
}

/** What a restart is run by, where a reload is not enough for the server to follow otherwise; null where it is. */
const restartFor = (standby: PostgresLayout): Command | null =>
  majorVersion(standby.versionNum) < reloadableSince ? restartPostgres(standby) : null

/** The same, as a plan shows it. */
export function takeUpPreview(standby: PostgresLayout): PreviewLine {
  const restart = restartFor(standby)
  return restart
    ? { kind: 'command', text: toPreview(restart) }
    : { kind: 'sql', text: reloadSettings.preview }
}

/** The standby's server takes up what its files say: a reload is enough where it can be. */
export async function takeUp(
  { doors, databases }: Asked,
  standby: PostgresLayout,
  signal: AbortSignal,
): Promise<void> {
  const restart = restartFor(standby)
  if (restart === null) {
    await databases.standby.query(reloadSettings.text)
    return
  }
  await databases.standby.close()
  await doors.standby.runOrThrow(restart, { timeoutMs: 330_000, signal })
  await awaitAnswer(databases.standby, signal, async () => true)
}

/** Rows where the primary serves the standby by another name than the pair's. `$1`: its address, `$2`: that name. */
const otherStreamQuestion = `select application_name as name from pg_stat_replication
where host(client_addr) = $1 and application_name <> $2 and state = 'streaming'`

/** Whether the standby streams as it did before the pair was taken over. */
export async function streamsAsFound(
  { databases }: Pick<Asked, 'databases'>,
  { hosts, slug }: Pick<ChangingStream, 'hosts' | 'slug'>,
): Promise<boolean> {
  const rows = await databases.primary.query(otherStreamQuestion, [
    hosts.standby.address,
    applicationName(slug),
  ])
  return rows.length > 0
}

/** What the standby followed by before, put back: it is seen to stream by that. Throws STEP_FAILED where it does not. */
export async function giveStreamBack(
  context: Asked,
  given: ChangingStream,
  signal: AbortSignal,
): Promise<void> {
  const { hosts, standby, mark } = given
  const { doors, clock } = context
  await doors.standby.runOrThrow(bringAutoConfBack(standby.dataDirectory, mark), { timeoutMs: 15_000 })
  await takeUp(context, standby, signal)
  await awaitFactFor({ signal, everyMs: 250, waitMs: streamMs, clock }, () => streamsAsFound(context, given))
  if (!(await streamsAsFound(context, given)))
    throw stepFailed(
      `${hosts.standby.name} has its settings of before, and does not stream by them.`,
      `Look into the PostgreSQL log of ${hosts.standby.name}: it says why. Mend that, then go on.`,
    )
}
