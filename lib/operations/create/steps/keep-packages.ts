import { toPreview } from '@/lib/commands/command'
import { readPackageRuns } from '@/lib/commands/sync-facts'
import { keepPackagesNow } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import { parseAnswerLines } from '@/lib/facts/answer-lines'
import { toPackageFacts } from '@/lib/facts/package-runs'
import type { FileBasis } from '@/lib/operations/create/basis'
import type { FileContext } from '@/lib/operations/create/context'
import type { Step } from '@/lib/operations/engine/step'

/** pip takes a second or two, a host under load longer. */
const runMs = 300_000

/**
 * The first run of what keeps the packages from then on, so that nobody waits for the night to know whether it can. It installs nothing, and
 * a list that can’t be had now is no reason to stop: it is told, and asked for again.
 */
export function keepPackages({ hosts, pair }: FileBasis): Step<FileContext> {
  const at = pairPlaces(hosts.standby, pair.slug)
  const command = keepPackagesNow(at, [])
  return {
    planned: {
      id: 'keep-packages',
      title: `Have ${hosts.standby.name} fetch the list of ${hosts.primary.name}’s packages itself`,
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(command) }],
      undo: 'nothing-to-undo',
      undoSentence: 'Nothing: it has only read.',
      irreversible: false,
      timeoutMs: runMs + 60_000,
      attemptsMax: 1,
    },
    check: async () => ({ done: false }),
    async run({ doors }) {
      await doors.standby.run(command, { timeoutMs: runMs })
    },
    async verify({ doors }) {
      const { stdout } = await doors.standby.runOrThrow(readPackageRuns(at), { timeoutMs: 10_000 })
      const run = toPackageFacts(parseAnswerLines(stdout))?.lastRun
      if (run?.result === 'ok') return `${run.listed} packages of ${hosts.primary.name} are listed.`
      const why = run ? `${run.result}${run.reason ? `: ${run.reason}` : ''}` : 'it left no record'
      return `It could not, and tries again by its schedule (${why}).`
    },
  }
}
