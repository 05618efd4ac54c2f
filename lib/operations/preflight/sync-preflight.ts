import { untilWords } from '@/lib/domain/pause'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { accessCheck, rightHostCheck, sudoCheck } from '@/lib/operations/preflight/access-checks'
import { fail, type Outcome, pass, toCheck } from '@/lib/operations/preflight/outcome'
import { standbyInRecovery } from '@/lib/operations/preflight/standby-in-recovery'
import { askedDirectories, type SyncGround } from '@/lib/operations/sync/basis'

/** What is asked for are directories that the pair has. */
function directoriesCheck(ground: SyncGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('sync-directories', 'What is copied', 'both', outcome)
  const { directories } = ground.pair.settings
  const unknown = ground.facts.asked.filter((asked) => !directories.some(({ id }) => id === asked))
  if (unknown.length > 0)
    return make(
      fail(
        `This pair has no ${unknown.join(', ')}.`,
        `It has: ${directories.map(({ id }) => id).join(', ')}.`,
      ),
    )
  const asked = askedDirectories(ground)
  if (asked.length === 0)
    return make(fail('This pair copies no directories.', 'Take some into it by a change of its settings.'))
  return make(pass(asked.map(({ title, path }) => `${title} (${path})`).join(', ')))
}

/** Whoever paused the copies had a reason. */
function notPausedCheck({ pair }: SyncGround): PreflightCheck {
  const { pause } = pair
  return toCheck(
    'sync-not-paused',
    'File sync is not paused',
    'standby',
    pause?.what.includes('sync')
      ? fail(
          `${pause.by} paused it until ${untilWords(pause.until)}: ${pause.reason}`,
          'Resume it first: understudy resume.',
        )
      : pass('Nobody has paused it.'),
  )
}

/** All checks of a sync that somebody asks for, each with its evidence and fix. */
export function syncPreflight(ground: SyncGround): readonly PreflightCheck[] {
  const { facts, pair, profile } = ground
  const access = accessCheck('standby', facts.standby)
  if (access.outcome === 'fail') return [access]
  const { database } = pair.scope
  return [
    access,
    sudoCheck('standby', facts.standby, database ? profile.postgres.osUser : null, profile.application),
    rightHostCheck('standby', facts.standby),
    ...(database ? [standbyInRecovery(facts.standby)] : []),
    directoriesCheck(ground),
    notPausedCheck(ground),
  ]
}
