import { endCopies, removeRecordsOf } from '@/lib/commands/sync-runs'
import { pairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import { directoryChanges, verifiesOtherwise } from '@/lib/domain/settings-change'
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
import { syncAccess } from '@/lib/operations/create/steps/sync-access'
import { syncRunner } from '@/lib/operations/create/steps/sync-runner'
import { syncSchedule } from '@/lib/operations/create/steps/sync-schedule'
import { syncSender } from '@/lib/operations/create/steps/sync-sender'
import type { Step } from '@/lib/operations/engine/step'

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

/** All directories go: what was copied, and the logs, stay on the standby; the key stays and is let in nowhere. */
function withoutFiles(basis: ChangeBasis): readonly Step<ChangeContext>[] {
  const { facts, hosts } = basis
  const pair = pairWith(basis.pair, facts.before, facts.before.settings.directories)
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

/** Files that were left out are protected from here on: as a create does it. */
function withFiles(basis: ChangeBasis): readonly Step<ChangeContext>[] {
  const { added } = directoryChanges(basis.facts.before, basis.facts.after)
  const pair = pairWith(basis.pair, basis.facts.after, added)
  const steps = fileSteps(basisOf(basis, pair)).map((step) => onPair(step, pair))
  return [...steps, noteOldData(basis, added)]
}

/** What both hosts are told before cron is: what comes is known, sent and copied then. */
function tellHosts(basis: ChangeBasis, old: Pair, between: Pair): readonly Step<ChangeContext>[] {
  const { facts, hosts } = basis
  const { primary, standby } = hosts
  const { added } = directoryChanges(facts.before, facts.after)
  // A pair of an earlier version has programs that know nothing of it: who sets how copies are verified gets those of this one.
  const renews = verifiesOtherwise(facts.before, facts.after) && facts.after.settings.verification !== null
  const runner = updateRunner(basis, {
    id: 'update-runner',
    title: `Tell the file sync on ${standby.name} ${renews ? 'how copies are verified' : 'the directories'}`,
    before: old,
    after: between,
    whole: renews,
  })
  const sender = updateSender(basis, {
    id: 'update-sender',
    title:
      added.length > 0
        ? `Let ${primary.name} send the directories that come too`
        : `Let ${primary.name} answer for the checksums of its directories`,
    before: old,
    after: between,
  })
  return [
    ...(renews || isToldRunner(basis, old, between) ? [runner] : []),
    ...(renews || added.length > 0 ? [sender] : []),
    ...(added.length > 0 ? copyAdded(basis, added) : []),
  ]
}

/** The steps of what changes in the directories, and in how they are verified; none where nothing does. */
export function changeFileSteps(basis: ChangeBasis): readonly Step<ChangeContext>[] {
  const { before, after } = basis.facts
  const { was, is, added, removed, changed } = directoryChanges(before, after)
  if (added.length + removed.length + changed.length === 0 && !verifiesOtherwise(before, after)) return []
  if (was.length + is.length === 0) return []
  if (was.length === 0) return withFiles(basis)
  if (is.length === 0) return withoutFiles(basis)
  const { primary, standby } = basis.hosts
  const old = pairWith(basis.pair, before, was)
  const wanted = pairWith(basis.pair, after, is)
  // What goes is known until cron starts it no more.
  const between = pairWith(basis.pair, after, [...is, ...removed])
  return [
    ...tellHosts(basis, old, between),
    updateSchedule(basis, old, wanted),
    ...(removed.length > 0
      ? [
          updateSender(basis, {
            id: 'narrow-sender',
            title: `Let ${primary.name} send no more than these directories`,
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
