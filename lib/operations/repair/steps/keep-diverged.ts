import { toPreview } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import {
  divergedPlaces,
  findRewind,
  keepDiverged as keepCommand,
  readSummary,
  removeDiverged,
} from '@/lib/commands/rewind'
import { keptDays } from '@/lib/domain/data-place'
import { hostPlaces } from '@/lib/domain/host-places'
import { nestedIn } from '@/lib/domain/nested-directories'
import { type DivergedSummary, parseDivergedSummary } from '@/lib/facts/diverged-summary'
import { newerFilesQuestion, parseNewerFiles } from '@/lib/facts/newer-files'
import type { Step } from '@/lib/operations/engine/step'
import type { RepairBasis, RepairContext } from '@/lib/operations/repair/basis'
import { nameChanged } from '@/lib/operations/repair/changed-relations'
import { divergedOf } from '@/lib/operations/repair/diverged'
import { stepFailed } from '@/lib/operations/step-failed'

const timeoutMs = 900_000

/** Which of a rewind's marks are there. */
export async function readRewind({ doors }: RepairContext, basis: RepairBasis) {
  const { stdout } = await doors.standby.runOrThrow(findRewind(divergedOf(basis).diverged), {
    timeoutMs: 15_000,
  })
  const marks = stdout.split('\n')
  return {
    isKept: marks.includes('kept'),
    isBegun: marks.includes('begun'),
    isRewound: marks.includes('rewound'),
  }
}

const wordsOf = ({ commits, aborts, first, last, relations, from }: DivergedSummary): string =>
  commits === 0 && relations === 0
    ? `No transaction stands in the WAL from ${from} on.`
    : `From ${from} on stand ${commits} committed transactions${first === '' ? '' : ` (${first} to ${last})`}, ${aborts} aborted ones, and changes to ${relations} tables and indexes.`

/** Files of the synced directories that were changed on the standby since the primary's timeline began. */
async function showFiles(context: RepairContext, basis: RepairBasis, output: (line: string) => void) {
  const { pair, hosts, database } = basis
  const { forkedAt } = database.line
  const { directories } = pair.settings
  if (!pair.scope.files || directories.length === 0 || forkedAt === null) return
  const searched = directories.map((directory) => ({
    ...directory,
    nested: nestedIn(directory, directories),
    since: forkedAt,
  }))
  const question = newerFilesQuestion(hostPlaces(hosts.standby), searched)
  const counts = parseNewerFiles(
    (await context.doors.standby.runOrThrow(question, { timeoutMs: 30_000 })).stdout,
  )
  for (const { id, title } of directories) {
    const count = counts.get(id)
    if (count)
      output(
        `${title}: ${count.isAll ? '' : 'more than '}${count.files} files changed since ${forkedAt}; what the copy replaces goes to the bin.`,
      )
  }
}

/** What a rewind will discard is kept beside the data, and told in words. */
export function keepDiverged(basis: RepairBasis): Step<RepairContext> {
  const { hosts, database } = basis
  const { name } = hosts.standby
  const { diverged, timeline, from } = divergedOf(basis)
  const command = keepCommand({ layout: database.layout, diverged, timeline, from })
  const read = async ({ doors }: RepairContext) =>
    parseDivergedSummary(
      (await doors.standby.runOrThrow(readSummary(diverged), { timeoutMs: 15_000 })).stdout,
    )
  return {
    planned: {
      id: 'keep-diverged',
      title: `Keep what ${name} has and ${hosts.primary.name} has not`,
      host: 'standby',
      preview: [
        { kind: 'command', text: toPreview(command) },
        {
          kind: 'note',
          text: `${diverged} then holds the WAL from ${from} on, ${divergedPlaces(diverged).summary} says what stands in it, and the configuration is kept. Nothing but an explicit purge removes it, and not before ${keptDays} days.`,
        },
      ],
      // Once something was rewound it is all that there is of what was discarded.
      undo: 'nothing-to-undo',
      undoSentence: 'Removes it again, where nothing was rewound; else it stays.',
      irreversible: false,
      timeoutMs,
      attemptsMax: 1,
      mayFail: 'next-way',
    },
    async check(context) {
      return (await readRewind(context, basis)).isKept
        ? { done: true, sentence: `It is kept in ${diverged}.` }
        : { done: false }
    },
    async run(context, io) {
      const { exitCode, stderr } = await context.doors.standby.run(command, {
        timeoutMs: timeoutMs - 10_000,
        signal: io.signal,
      })
      if (exitCode !== 0)
        throw stepFailed(
          `What ${name} would lose could not be kept.`,
          'See that there is room beside the data.',
          lastSaid(stderr),
        )
      const summary = await read(context)
      io.output(wordsOf(summary))
      for (const line of await nameChanged(context, summary)) io.output(line)
      await showFiles(context, basis, (line) => io.output(line))
    },
    async verify(context) {
      if (!(await readRewind(context, basis)).isKept)
        throw stepFailed(`${diverged} is not complete.`, 'See that there is room beside the data.')
      return `${wordsOf(await read(context))} It is kept in ${diverged}.`
    },
    async undo({ doors }) {
      await doors.standby.runOrThrow(removeDiverged(diverged), { timeoutMs: 120_000 })
      return 'What was kept is removed, where nothing was rewound.'
    },
  }
}
