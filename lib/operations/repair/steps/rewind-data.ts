import { asDatabaseOwner, sh, toPreview } from '@/lib/commands/command'
import { buildPassfileLine } from '@/lib/commands/conninfo'
import { fenceSignal } from '@/lib/commands/fence'
import { putHbaBlock, removeHbaBlock } from '@/lib/commands/postgres-hba'
import { roleComment } from '@/lib/commands/postgres-roles'
import { stopPostgres } from '@/lib/commands/postgres-server'
import {
  divergedPlaces,
  dropRewindRole,
  makeRewindRole,
  removeRewindPassfile,
  rewindData as rewindCommand,
  rewindConninfo,
  rewindRole,
} from '@/lib/commands/rewind'
import type { PlannedStep } from '@/lib/domain/operation'
import { addressAsNetwork } from '@/lib/domain/pair-names'
import { createNames } from '@/lib/operations/create/basis'
import { type Step, type StepIo, stopReason } from '@/lib/operations/engine/step'
import { ensureJob, followJob } from '@/lib/operations/follow-job'
import { changeRules } from '@/lib/operations/hba-file'
import { jobLines } from '@/lib/operations/job-lines'
import { proveHost } from '@/lib/operations/prove-host'
import type { RepairBasis, RepairContext } from '@/lib/operations/repair/basis'
import { divergedOf } from '@/lib/operations/repair/diverged'
import { isStreaming } from '@/lib/operations/repair/steps/follows'
import { readRewind } from '@/lib/operations/repair/steps/keep-diverged'
import { stepFailed } from '@/lib/operations/step-failed'

const stopMs = 330_000

/** Name of the block in pg_hba.conf that is there for the rewind alone. */
export const blockOf = ({ pair }: RepairBasis) => `${pair.slug} rewind`

const linesOf = (basis: RepairBasis) => [
  `${createNames(basis).isTls ? 'hostssl' : 'host'} postgres ${rewindRole} ${addressAsNetwork(basis.hosts.standby.address)} scram-sha-256`,
]

function commandOf(basis: RepairBasis) {
  const { hosts, layouts, database, operationId } = basis
  const { diverged } = divergedOf(basis)
  return rewindCommand({
    layout: database.layout,
    diverged,
    conninfo: rewindConninfo({
      address: hosts.primary.address,
      port: layouts.primary.port,
      passfile: divergedPlaces(diverged).passfile,
      isTls: createNames(basis).isTls,
    }),
    signal: fenceSignal(operationId),
  })
}

/** Lets pg_rewind read the primary, for as long as it takes. */
async function openAccess(context: RepairContext, basis: RepairBasis): Promise<void> {
  const { secrets, databases, doors } = context
  const { operationId, pair, layouts, hosts, database } = basis
  const password = secrets.makeOnce()
  const comment = roleComment(pair.slug, operationId)
  await databases.primary.query(makeRewindRole(secrets.scramVerifier(password), comment).text)
  await changeRules(context, 'primary', (content) => putHbaBlock(content, blockOf(basis), linesOf(basis)))
  await doors.standby.writeFile({
    path: divergedPlaces(divergedOf(basis).diverged).passfile,
    content: buildPassfileLine({
      host: hosts.primary.address,
      port: layouts.primary.port,
      database: 'postgres',
      user: rewindRole,
      password,
    }),
    mode: '0600',
    owner: `${database.layout.osUser}:`,
    isSecret: true,
    as: 'database-owner',
  })
}

/** And not any longer. */
export async function closeAccess(context: RepairContext, basis: RepairBasis): Promise<void> {
  await context.doors.standby.runOrThrow(removeRewindPassfile(divergedOf(basis).diverged), {
    timeoutMs: 15_000,
  })
  await changeRules(context, 'primary', (content) => removeHbaBlock(content, blockOf(basis)))
  await context.databases.primary.query(dropRewindRole.text)
}

function plannedOf(basis: RepairBasis): PlannedStep {
  const { hosts, layouts, operationId, pair } = basis
  return {
    id: 'rewind',
    title: `Rewind the data of ${hosts.standby.name} to where they left ${hosts.primary.name}’s line`,
    host: 'standby',
    preview: [
      { kind: 'sql', text: 'checkpoint' },
      { kind: 'sql', text: makeRewindRole('', roleComment(pair.slug, operationId)).preview },
      {
        kind: 'file',
        path: layouts.primary.hbaFile,
        diff: `${linesOf(basis)
          .map((line) => `+${line}`)
          .join('\n')}\n`,
      },
      { kind: 'command', text: toPreview(commandOf(basis)) },
      { kind: 'sql', text: dropRewindRole.preview },
      { kind: 'note', text: 'Role and line are taken away again at the end, however it ends.' },
    ],
    undo: 'nothing-to-undo',
    undoSentence: `What was discarded stays in ${divergedOf(basis).diverged}; the data stay as they are then, and are not started.`,
    irreversible: false,
    timeoutMs: 24 * 3_600_000,
    attemptsMax: 1,
    mayFail: 'next-way',
  }
}

async function runJob(context: RepairContext, basis: RepairBasis, io: StepIo): Promise<void> {
  const { doors, clock } = context
  const { jobId } = divergedOf(basis)
  const { standby } = doors
  if (!(await ensureJob(standby, jobId, commandOf(basis), io.signal)))
    io.output('The rewind is running already; following it.')
  const show = jobLines(standby, jobId, io)
  try {
    await followJob({ door: standby, jobId, clock }, io, show)
    await show()
  } catch (error) {
    if (stopReason(io.signal) === 'cancelled' || stopReason(io.signal) === 'timed-out')
      await standby.endJob(jobId, 5_000)
    throw error
  }
}

/** Begins it, or follows the one that runs. Throws STEP_FAILED where an earlier one was broken off. */
async function rewind(context: RepairContext, basis: RepairBasis, io: StepIo): Promise<void> {
  const { doors, databases, hosts } = context
  const { name } = hosts.standby
  const isRunning = (await doors.standby.jobState(divergedOf(basis).jobId)).state === 'running'
  const { isKept, isBegun, isRewound } = await readRewind(context, basis)
  if (isRewound) return
  if (!isKept) throw stepFailed(`What ${name} would lose is not kept: nothing is discarded.`, '')
  if (isBegun && !isRunning)
    throw stepFailed(
      `An earlier rewind of ${name} was broken off.`,
      'Its data can’t be rewound again (PostgreSQL documentation, pg_rewind): the next way copies them anew.',
    )
  await databases.standby.close()
  if (!isRunning) {
    await doors.standby.runOrThrow(stopPostgres(basis.database.layout), {
      timeoutMs: stopMs,
      signal: io.signal,
    })
    await databases.primary.query('checkpoint', [], { timeoutMs: 890_000 })
    await openAccess(context, basis)
  }
  try {
    await runJob(context, basis, io)
  } finally {
    // Who takes it up finds it running, with all that it needs.
    if (stopReason(io.signal) !== 'left-running') await closeAccess(context, basis)
  }
}

/** pg_rewind makes of the standby's diverged data the primary's as they were at the fork; they then follow like a copy. */
export function rewindData(basis: RepairBasis): Step<RepairContext> {
  const { hosts, database, layouts } = basis
  const { name } = hosts.standby
  const { dataDirectory } = database.layout
  return {
    planned: plannedOf(basis),
    prove: proveHost({
      role: 'standby',
      layout: database.layout,
      systemIdentifier: layouts.primary.systemIdentifier,
      states: ['standby', 'starting', 'stopped'],
    }),
    async check(context) {
      const { isRewound } = await readRewind(context, basis)
      if (isRewound) return { done: true, sentence: `The data of ${name} are rewound.` }
      return (await isStreaming(context))
        ? { done: true, sentence: `Not needed: ${name} streams.` }
        : { done: false }
    },
    run: (context, io) => rewind(context, basis, io),
    async verify(context) {
      const { isRewound } = await readRewind(context, basis)
      if (!isRewound && !(await isStreaming(context)))
        throw stepFailed(`The data of ${name} could not be rewound.`, 'Its output says why.')
      return `The data in ${dataDirectory} are ${hosts.primary.name}’s as they were at the fork, with the configuration of ${name}.`
    },
    async undo(context) {
      const { doors } = context
      const { jobId } = divergedOf(basis)
      await doors.standby.endJob(jobId, 5_000)
      await doors.standby.forgetJob(jobId)
      await closeAccess(context, basis)
      const file = `${dataDirectory}/standby.signal`
      await doors.standby.runOrThrow(
        asDatabaseOwner(
          sh`[ ! -d ${dataDirectory} ] || [ -e ${file} ] || printf '%s\n' ${fenceSignal(basis.operationId)} >${file}`,
        ),
        { timeoutMs: 15_000 },
      )
      return `Nothing runs any more, and ${hosts.primary.name} lets no rewind in. The data of ${name} stay as they are.`
    },
  }
}
