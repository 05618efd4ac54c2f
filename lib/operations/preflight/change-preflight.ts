import { outermostOf } from '@/lib/domain/nested-directories'
import type { DirectorySetting } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { diffWords, directoryChanges, settingsDiff } from '@/lib/domain/settings-change'
import type { ChangeGround } from '@/lib/operations/change-settings/basis'
import { walNeeds } from '@/lib/operations/create/wal-needs'
import { accessCheck, missing } from '@/lib/operations/preflight/access-checks'
import { fileToolsCheck } from '@/lib/operations/preflight/application-checks'
import { bothHostsChecks } from '@/lib/operations/preflight/both-hosts-checks'
import { directoriesCheck } from '@/lib/operations/preflight/directories-check'
import { diskSpaceCheck } from '@/lib/operations/preflight/disk-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck } from '@/lib/operations/preflight/outcome'
import { ownersCheck } from '@/lib/operations/preflight/owner-checks'
import { packageChecks } from '@/lib/operations/preflight/package-checks'
import { mountPointsCheck } from '@/lib/operations/preflight/place-checks'
import { slotCheck, walSpaceCheck } from '@/lib/operations/preflight/wal-checks'

/** A directory that comes and lies in one that stays, or around one; a first copy would move away what is copied already. */
function nestedWith(added: readonly DirectorySetting[], stays: readonly DirectorySetting[]) {
  return added.flatMap((one) =>
    stays.flatMap((other) =>
      outermostOf([one, other]).length < 2
        ? [`${one.title} (${one.path}) and ${other.title} (${other.path})`]
        : [],
    ),
  )
}

/** Something is changed, and nothing that needs a pair to be made anew. */
function changesCheck({ facts: { before, after } }: ChangeGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('settings-changes', 'What is changed', 'both', outcome)
  const lines = settingsDiff(before, after)
  if (lines.length === 0)
    return make(fail('Every setting is as chosen already.', 'Choose another value of one of them.'))
  if (before.scope.database !== after.scope.database)
    return make(
      fail(
        `The database is ${before.scope.database ? 'in' : 'left out of'} this pair: that is not changed while it lives.`,
        'Make the pair anew for that: unpair the hosts, then create the standby with the scope that you want.',
      ),
    )
  const { added, changed, moved } = directoryChanges(before, after)
  if (moved.length > 0)
    return make(
      fail(
        `${moved.map(({ title }) => title).join(', ')} would lie elsewhere than what was copied.`,
        'Leave it out, and add the directory of the other path under an id of its own.',
      ),
    )
  const stays = after.settings.directories.filter((each) => !added.includes(each))
  const nested = before.scope.files ? nestedWith(added, stays) : []
  if (nested.length > 0)
    return make(
      fail(
        `One lies in the other: ${nested.join('; ')}. What is copied already would have to make room.`,
        'Leave the one that is there out first, then add both in one change.',
      ),
    )
  return make(
    pass(
      `${diffWords(lines).join('; ')}.${changed.length > 0 ? ' No directory is copied anew for it.' : ''}`,
    ),
  )
}

function serversCheck({ facts: { primary, standby } }: ChangeGround): PreflightCheck {
  const make = (outcome: Outcome) =>
    toCheck('servers-in-their-roles', 'Both servers are in their roles', 'both', outcome)
  const [one, other] = [answerOf(primary.server), answerOf(standby.server)]
  if (!one || !other || !primary.data.seen || !standby.data.seen)
    return make(missing(primary.server, standby.server, primary.data, standby.data))
  const wrong = one.inRecovery
    ? `${primary.name} is in recovery`
    : other.inRecovery
      ? ''
      : `${standby.name} accepts writes`
  return make(
    wrong === ''
      ? pass(`${primary.name} accepts writes, and ${standby.name} is in recovery.`)
      : fail(`PostgreSQL on ${wrong}.`, 'Look at the pair’s page for what the hosts are.'),
  )
}

function retentionChecks({ facts, pair }: ChangeGround): readonly PreflightCheck[] {
  const { primary, before, after } = facts
  const { settings } = after
  const server = answerOf(primary.server)
  const isAdded = settings.slotWalSegments != null && before.settings.slotWalSegments == null
  const needs = server && isAdded ? walNeeds(server, primary.address, settings).restart : []
  const full = needs.find(({ name }) => name === 'max_replication_slots')
  const slot = slotCheck(primary, { slug: pair.slug, settings, agreeRestart: false })
  return [
    walSpaceCheck(primary, { settings }),
    ...(isAdded
      ? [
          full
            ? toCheck(
                'replication-slot',
                'Replication slot',
                'primary',
                fail(
                  `${full.reason}: to change that PostgreSQL on ${primary.name} has to be restarted.`,
                  `Set ${full.name} to ${full.value} and restart it at a time that suits; then plan again.`,
                ),
              )
            : slot,
        ]
      : []),
  ]
}

/** Of the disk only what comes is asked: the database is there already. */
const withoutServer = (host: HostFacts): HostFacts => ({
  ...host,
  server: { seen: false, why: { code: 'NOT_FOUND', message: 'Not asked.', fix: '' } },
})

function addedChecks({ facts }: ChangeGround): readonly PreflightCheck[] {
  const { primary, standby, before, after } = facts
  const { added } = directoryChanges(before, after)
  if (added.length === 0) return []
  const paths = added.map(({ path }) => path)
  return [
    fileToolsCheck('primary', primary),
    fileToolsCheck('standby', standby),
    directoriesCheck(primary, standby, added),
    ownersCheck(facts, paths),
    mountPointsCheck(primary, standby, paths),
    diskSpaceCheck(withoutServer(primary), withoutServer(standby), paths, null),
  ]
}

/** All checks of a change of settings, each with its evidence and fix. */
export function changePreflight(ground: ChangeGround): readonly PreflightCheck[] {
  const { facts, pair, profile } = ground
  const { primary, standby } = facts
  const access = [accessCheck('primary', primary), accessCheck('standby', standby)]
  if (access.some(({ outcome }) => outcome === 'fail')) return [...access, changesCheck(ground)]
  const { database } = pair.scope
  return [
    ...access,
    ...bothHostsChecks(facts, profile, { hasDatabase: database }),
    changesCheck(ground),
    ...(database ? [serversCheck(ground), ...retentionChecks(ground)] : []),
    ...addedChecks(ground),
    ...packageChecks(facts.packages),
  ]
}
