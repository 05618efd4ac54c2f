import { toPreview } from '@/lib/commands/command'
import { copyStatus, stopCopy } from '@/lib/commands/drill/copy-server'
import { removeDrillRoot } from '@/lib/commands/drill/drill-roots'
import { amcheckJob, copyJob, drillSentinel } from '@/lib/domain/drill-places'
import {
  type DrillBasis,
  type DrillContext,
  drillNames,
  realDataDirectory,
} from '@/lib/operations/drill/basis'
import { beginClearing, readDrill } from '@/lib/operations/drill/keep-drill'
import { areGone, endDrill, readRoots, removeRoots } from '@/lib/operations/drill/roots'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { proveHost } from '@/lib/operations/prove-host'
import { stepFailed } from '@/lib/operations/step-failed'

const dayMs = 24 * 3_600_000

/** What earlier drills have left, by the sentinels that the plan found. */
const leftoversOf = ({ facts }: Pick<DrillBasis, 'facts'>) => answerOf(facts.host)?.leftovers ?? []
export const hasLeftovers = (basis: DrillBasis): boolean => leftoversOf(basis).length > 0

/** What an earlier drill could not remove, because its host was away it may be, is removed before anything new is made. */
export function removeLeftovers(basis: DrillBasis): Step<DrillContext> {
  const { layouts, facts } = basis
  const { standby } = layouts
  const leftovers = leftoversOf(basis)
  const data = realDataDirectory(facts, standby)
  const paths = leftovers.map(({ root }) => root)
  return {
    planned: {
      id: 'remove-leftovers',
      title: 'Remove what an earlier drill left',
      host: 'standby',
      preview: leftovers.flatMap(({ root, operationId }) => [
        { kind: 'command' as const, text: toPreview(stopCopy(standby, { data: `${root}/data` })) },
        {
          kind: 'command' as const,
          text: toPreview(removeDrillRoot(root, drillSentinel(operationId), data)),
        },
      ]),
      undo: 'nothing-to-undo',
      undoSentence: 'It was a throwaway copy.',
      irreversible: false,
      timeoutMs: dayMs,
      attemptsMax: 2,
    },
    prove: proveHost({
      role: 'standby',
      layout: standby,
      systemIdentifier: standby.systemIdentifier,
      states: ['standby'],
    }),
    async check(context) {
      return (await areGone(context, paths))
        ? { done: true, sentence: 'It is gone already.' }
        : { done: false }
    },
    async run(context) {
      for (const { root, operationId } of leftovers) {
        await endDrill(context, operationId, [root])
        await removeRoots(context, operationId, [root])
      }
    },
    async verify(context) {
      if (!(await areGone(context, paths)))
        throw stepFailed(`Still there: ${paths.join(', ')}.`, 'Look at it on the standby, then resume.')
      return `Removed ${paths.join(', ')}.`
    },
  }
}

/** Nothing runs any more that the drill has begun. */
async function isStopped(context: DrillContext): Promise<boolean> {
  const { doors, layouts, operationId } = context
  for (const job of [copyJob(operationId), amcheckJob(operationId)])
    if ((await doors.standby.jobState(job)).state === 'running') return false
  const status = copyStatus(layouts.standby, drillNames(context).places)
  return (await doors.standby.run(status, { timeoutMs: 15_000 })).exitCode !== 0
}

/** The copy's server ends at once: what it wrote is thrown away. */
export function stopCopyStep(basis: DrillBasis): Step<DrillContext> {
  const { places } = drillNames(basis)
  return {
    planned: {
      id: 'stop-copy',
      title: 'Stop the copy',
      host: 'standby',
      preview: [{ kind: 'command', text: toPreview(stopCopy(basis.layouts.standby, places)) }],
      undo: 'nothing-to-undo',
      undoSentence: 'The copy is thrown away.',
      irreversible: false,
      timeoutMs: 300_000,
      attemptsMax: 3,
    },
    async check(context) {
      const isClearing = (await readDrill(context)).phase !== 'trying'
      return isClearing && (await isStopped(context))
        ? { done: true, sentence: 'Nothing of the drill runs any more.' }
        : { done: false }
    },
    async run(context) {
      await beginClearing(context)
      await endDrill(context, context.operationId, [places.root])
    },
    async verify(context) {
      if (!(await isStopped(context)))
        throw stepFailed('Something of the drill still runs.', 'See what on the standby, then resume.')
      return 'Nothing of the drill runs any more.'
    },
  }
}

/** All that the drill made is removed, by directories that prove themselves to be its own. */
export function removeCopy(basis: DrillBasis): Step<DrillContext> {
  const { layouts, facts, hosts } = basis
  const { places, sentinel } = drillNames(basis)
  const data = realDataDirectory(facts, layouts.standby)
  const { name } = hosts.standby
  return {
    planned: {
      id: 'remove-copy',
      title: 'Remove the copy',
      host: 'standby',
      preview: places.roots.map((root) => ({
        kind: 'command' as const,
        text: toPreview(removeDrillRoot(root, sentinel, data)),
      })),
      undo: 'nothing-to-undo',
      undoSentence: 'The copy is thrown away.',
      irreversible: false,
      timeoutMs: dayMs,
      attemptsMax: 3,
    },
    async prove(context) {
      const found = await readRoots(context)
      return found.length === 0
        ? `Nothing of the drill is left on ${name}.`
        : `${found.join(', ')} on ${name}: of this drill, as the sentinel in each says.`
    },
    async check(context) {
      return (await readRoots(context)).length === 0
        ? { done: true, sentence: `Nothing of the drill is left on ${name}.` }
        : { done: false }
    },
    run: (context) => removeRoots(context, context.operationId, places.roots),
    async verify(context) {
      const left = await readRoots(context)
      if (left.length > 0)
        throw stepFailed(`Still there: ${left.join(', ')}.`, 'Look at it on the standby, then resume.')
      return `Nothing of the drill is left on ${name}.`
    },
  }
}
