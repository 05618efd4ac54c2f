import { endCopies, removeRecordsOf } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import { copiedOf, directoryChanges } from '@/lib/domain/settings-change'
import {
  basisOf,
  type ChangeBasis,
  type ChangeContext,
  onPair,
  pairWith,
} from '@/lib/operations/change-settings/basis'
import { takeAway } from '@/lib/operations/change-settings/steps/take-away'
import { isToldRunner, updateRunner } from '@/lib/operations/change-settings/steps/update-runner'
import { updateSchedule } from '@/lib/operations/change-settings/steps/update-schedule'
import { updateSender } from '@/lib/operations/change-settings/steps/update-sender'
import { fileSteps } from '@/lib/operations/create/file-steps'
import { copyJobId } from '@/lib/operations/create/steps/copy-directories'
import { directoriesAside } from '@/lib/operations/create/steps/directories-aside'
import { firstCopy } from '@/lib/operations/create/steps/first-copy'
import { keepOldData } from '@/lib/operations/create/steps/keep-old-data'
import { keepPackages } from '@/lib/operations/create/steps/keep-packages'
import { syncAccess } from '@/lib/operations/create/steps/sync-access'
import { syncRunner } from '@/lib/operations/create/steps/sync-runner'
import { syncSchedule } from '@/lib/operations/create/steps/sync-schedule'
import { syncSender } from '@/lib/operations/create/steps/sync-sender'
import type { Step } from '@/lib/operations/engine/step'
import { hasSync, packageSyncOf } from '@/lib/operations/sync-of'

/** What is noted of old data: that of the directories alone, the database's own has its note from the create. */
function noteOldData(basis: ChangeBasis, added: readonly DirectorySetting[]): Step<ChangeContext> {
  const pair = pairWith(basis.pair, basis.facts.after, added)
  return keepOldData(basisOf(basis, { ...pair, scope: { ...pair.scope, database: false } }))
}

/** The first copies of what comes. Taken back, nothing is forgotten of the other directories. */
function copyAdded(basis: ChangeBasis, added: readonly DirectorySetting[]): readonly Step<ChangeContext>[] {
  const pair = pairWith(basis.pair, basis.facts.after, added)
  const view = basisOf(basis, pair)
  const at = pairPlaces(basis.hosts.standby, pair.slug)
  const copy: Step<ChangeContext> = {
    ...onPair(firstCopy(view), pair),
    async undo({ doors: { standby } }) {
      for (const { id } of added) {
        await standby.endJob(copyJobId(basis.operationId, id), 5_000)
        await standby.forgetJob(copyJobId(basis.operationId, id))
        await standby.runOrThrow(endCopies(at, [id]), { timeoutMs: 60_000 })
        await standby.runOrThrow(removeRecordsOf(at, id), { timeoutMs: 20_000 })
      }
      return 'No copy of them runs any more.'
    },
  }
  return [onPair(directoriesAside(view), pair), copy, noteOldData(basis, added)]
}

/** All directories, and packages, go: what was copied, and the logs, stay on the standby; the key stays and is let in nowhere. */
function withoutSync(basis: ChangeBasis): readonly Step<ChangeContext>[] {
  const { facts, hosts } = basis
  const pair = pairWith(basis.pair, facts.before, copiedOf(facts.before))
  const view = basisOf(basis, pair)
  const { primary, standby } = hosts
  return [
    takeAway(onPair(syncSchedule(view), pair), {
      id: 'remove-schedule',
      title: `Have cron copy nothing to ${standby.name} any more`,
      text: 'The schedule goes, and copies that run are ended. What was copied stays where it is, and so do the logs.',
      done: 'cron copies nothing any more.',
    }),
    takeAway(onPair(syncAccess(view), pair), {
      id: 'remove-access',
      title: `Let ${standby.name} in no more on ${primary.name}`,
      text: `The line in authorized_keys goes; the key on ${standby.name} stays, and is let in nowhere.`,
      done: `${standby.name} is not let in any more.`,
    }),
    takeAway(onPair(syncSender(view), pair), {
      id: 'remove-sender',
      title: `Let ${primary.name} send nothing any more`,
      text: 'The list of what may be sent goes, and the program where no other pair needs it; the marks in the directories stay.',
      done: `${primary.name} sends nothing.`,
    }),
    takeAway(onPair(syncRunner(view), pair), {
      id: 'remove-runner',
      title: `Remove the file sync from ${standby.name}`,
      text: 'Its settings go, and the program where no other pair needs it.',
      done: `The file sync is gone from ${standby.name}.`,
    }),
  ]
}

/** Nothing was asked of the primary beside its database, and from here on something is: as a create does it. */
function withSync(basis: ChangeBasis): readonly Step<ChangeContext>[] {
  const { added } = directoryChanges(basis.facts.before, basis.facts.after)
  const pair = pairWith(basis.pair, basis.facts.after, added)
  const steps = fileSteps(basisOf(basis, pair)).map((step) => onPair(step, pair))
  return [...steps, ...(added.length > 0 ? [noteOldData(basis, added)] : [])]
}

/** The pair before, after, and on the way there: what goes is known until cron starts it no more. */
function viewsOf({ pair, profile, facts: { before, after } }: ChangeBasis) {
  const changes = directoryChanges(before, after)
  const { was, is, added, removed, changed } = changes
  const old = pairWith(pair, before, was)
  const wanted = pairWith(pair, after, is)
  const keeps = (view: Pair) => packageSyncOf({ pair: view, profile })
  const [had, has] = [keeps(old), keeps(wanted)]
  const packages = {
    come: had === null && has !== null,
    go: had !== null && has === null,
    isOther: JSON.stringify(had) !== JSON.stringify(has),
    isRescheduled: had?.schedule !== has?.schedule,
  }
  return {
    ...changes,
    old,
    wanted,
    between: pairWith(pair, packages.go ? { scope: before.scope, settings: after.settings } : after, [
      ...is,
      ...removed,
    ]),
    packages,
    isOtherFiles: added.length + removed.length + changed.length > 0,
  }
}

const and = (...words: readonly (string | false)[]) => words.filter((word) => word !== false).join(' and ')

/** The steps of what changes in the directories, and in what is kept of packages; none where nothing does. */
export function changeFileSteps(basis: ChangeBasis): readonly Step<ChangeContext>[] {
  const { old, wanted, between, added, removed, packages, isOtherFiles } = viewsOf(basis)
  const { profile } = basis
  if (!isOtherFiles && !packages.isOther) return []
  if (!hasSync({ pair: old, profile })) return withSync(basis)
  if (!hasSync({ pair: wanted, profile })) return withoutSync(basis)
  const { primary, standby } = basis.hosts
  const [widens, narrows] = [added.length > 0 || packages.come, removed.length > 0 || packages.go]
  return [
    ...(isToldRunner(basis, old, between)
      ? [
          updateRunner(basis, {
            id: 'update-runner',
            title: `Tell the file sync on ${standby.name} ${and(isOtherFiles && 'the directories', packages.isOther && 'how packages are kept')}`,
            before: old,
            after: between,
          }),
        ]
      : []),
    ...(widens
      ? [
          updateSender(basis, {
            id: 'update-sender',
            title: `Let ${primary.name} ${and(added.length > 0 && 'send the directories that come too', packages.come && 'say which packages it has')}`,
            before: old,
            after: between,
          }),
        ]
      : []),
    ...(added.length > 0 ? copyAdded(basis, added) : []),
    ...(packages.come ? [onPair(keepPackages(basisOf(basis, wanted)), wanted)] : []),
    ...(isOtherFiles || packages.isRescheduled ? [updateSchedule(basis, old, wanted)] : []),
    ...(narrows
      ? [
          updateSender(basis, {
            id: 'narrow-sender',
            title: `Let ${primary.name} ${and(removed.length > 0 && 'send no more than these directories', packages.go && 'say no more which packages it has')}`,
            before: between,
            after: wanted,
          }),
          updateRunner(basis, {
            id: 'narrow-runner',
            title: `Let the file sync on ${standby.name} forget what goes`,
            before: between,
            after: wanted,
          }),
        ]
      : []),
  ]
}
