import { type Command, toPreview } from '@/lib/commands/command'
import {
  beginBackupQuestion,
  endBackupQuestion,
  findWal,
  firstWalFile,
  reserveWalQuestion,
} from '@/lib/commands/drill/backup-mode'
import { drillFile } from '@/lib/commands/drill/drill-roots'
import { cloneData, timedCopy } from '@/lib/commands/drill/make-copy'
import { baseBackup } from '@/lib/commands/postgres-backup'
import { sqlLiteral } from '@/lib/commands/sql'
import { copyJob, parentOf } from '@/lib/domain/drill-places'
import type { PreviewLine } from '@/lib/domain/operation'
import { majorVersion } from '@/lib/domain/postgres-layout'
import { AppError, hasCode } from '@/lib/errors'
import {
  type DrillBasis,
  type DrillContext,
  drillNames,
  realDataDirectory,
} from '@/lib/operations/drill/basis'
import { inSession } from '@/lib/operations/drill/in-session'
import type { StepIo } from '@/lib/operations/engine/step'
import { ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import { followCopy, showBackup } from '@/lib/operations/steps/follow-copy'

/** PostgreSQL's own limit of `--max-rate`, kB/s (documentation, pg_basebackup). */
const rateMaxKb = 1_048_576
/** The restart point that a backup begins with writes all that the standby has in memory. */
const beginMs = 600_000
const endMs = 60_000

/** How the copy is made: what begins, and is followed. */
export type CopyMaker = {
  /** One that runs already is followed; where this can't be, it is begun anew. */
  readonly canFollow: boolean
  readonly preview: readonly PreviewLine[]
  /** Makes the copy; `isRunning`: its job does already. Throws as `followCopy`. */
  make(context: DrillContext, io: StepIo, isRunning: boolean): Promise<void>
}

/** Of what a copying that failed has said. */
const linesShown = 10

async function follow(context: DrillContext, io: StepIo, show: () => Promise<void>): Promise<void> {
  const { doors, clock, operationId } = context
  const door = doors.standby
  const job = {
    door,
    jobId: copyJob(operationId),
    clock,
    places: drillNames(context).places.roots.map(parentOf),
    what: 'The copying',
    fixes: {
      full: 'What was copied is removed. Make room there, or choose another directory; then drill again.',
      ended: 'What was copied is removed. See in the output of this step what it said, then drill again.',
    },
  }
  try {
    await followCopy(job, io, show)
  } catch (error) {
    if (hasCode(error, 'HOST_COMMAND_FAILED')) {
      const { text } = await door.jobOutput(job.jobId, 0)
      for (const line of text.trimEnd().split('\n').slice(-linesShown)) io.output(line)
    }
    throw error
  }
}

/** A base backup that the standby gives of itself, over its own socket. */
function backupMaker(basis: DrillBasis): CopyMaker {
  const { layouts, facts } = basis
  const { standby } = layouts
  const { places, conninfo, backup } = drillNames(basis)
  const command = timedCopy(
    places,
    baseBackup({
      binDirectory: standby.binDirectory,
      target: places.data,
      conninfo,
      slot: null,
      tablespaces: places.tablespaces,
      compression: null,
      gentlyAtKb: Math.min(rateMaxKb, facts.options.rateMegabytes * 1_000),
    }),
  )
  return {
    canFollow: true,
    preview: [{ kind: 'command', text: toPreview(command) }],
    async make(context, io, isRunning) {
      const { doors, databases, operationId } = context
      if (!isRunning) await doors.standby.startJob(copyJob(operationId), command)
      const source = { database: databases.standby, versionNum: standby.versionNum, backup }
      await follow(context, io, () => showBackup(source, io))
    },
  }
}

const recycled = (hostName: string) =>
  new AppError('HOST_COMMAND_FAILED', `${hostName} recycled WAL that the copy needs while it was made.`, {
    fix: 'Drill again. If it happens again, raise max_slot_wal_keep_size on the standby.',
  })

/** Blocks that the copy shares with the standby until one of them changes. */
function reflinkMaker(basis: DrillBasis): CopyMaker {
  const { layouts, facts, profile, operationId, hosts } = basis
  const { standby } = layouts
  const { places, sentinel, slot } = drillNames(basis)
  const label = `${places.data}/backup_label`
  const command: Command = timedCopy(
    places,
    cloneData({
      dataDirectory: realDataDirectory(facts, standby),
      places,
      major: majorVersion(standby.versionNum),
    }),
  )
  const shown = (text: string, value: string): PreviewLine => ({
    kind: 'sql',
    text: text.replace('$1', sqlLiteral(value)),
  })
  return {
    // The standby is in backup mode as long as the session of who began it.
    canFollow: false,
    preview: [
      shown(reserveWalQuestion, slot),
      shown(beginBackupQuestion(standby.versionNum), sentinel),
      { kind: 'command', text: toPreview(command) },
      { kind: 'sql', text: endBackupQuestion(standby.versionNum) },
      { kind: 'note', text: `What that answers is ${label}: where recovery begins.` },
    ],
    make: ({ doors, ...context }, io) =>
      inSession(doors.standby.database(ownerTarget(profile.postgres)), io, async (session) => {
        await session.query(reserveWalQuestion, [slot])
        await session.query(beginBackupQuestion(standby.versionNum), [sentinel], { timeoutMs: beginMs })
        await doors.standby.startJob(copyJob(operationId), command)
        await follow({ ...context, doors }, io, async () => {
          await session.query('select 1')
        })
        const [row] = await session.query(endBackupQuestion(standby.versionNum), [], { timeoutMs: endMs })
        const content = String(row?.labelfile)
        const first = firstWalFile(content)
        const isThere = async (file: string) =>
          (await doors.standby.run(findWal(places, file), { timeoutMs: 15_000 })).exitCode === 0
        if (first === null || !(await isThere(first))) throw recycled(hosts.standby.name)
        await doors.standby.writeFile(drillFile(label, content, standby.osUser))
      }),
  }
}

export const copyMaker = (basis: DrillBasis): CopyMaker =>
  drillNames(basis).way === 'reflink' ? reflinkMaker(basis) : backupMaker(basis)
