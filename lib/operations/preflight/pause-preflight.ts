import { pausedWords, untilWords, whyNotUntil } from '@/lib/domain/pause'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { type PauseGround, pausableParts, pausedBefore } from '@/lib/operations/pause/basis'
import { accessCheck, rightHostCheck, sudoCheck } from '@/lib/operations/preflight/access-checks'
import { crontabWhereUsed } from '@/lib/operations/preflight/application-checks'
import { fail, type Outcome, pass, toCheck } from '@/lib/operations/preflight/outcome'
import { standbyInRecovery } from '@/lib/operations/preflight/standby-in-recovery'

/** The parts that are asked for are ones that the pair has, and something is done at all. */
function partsCheck({ facts, pair }: PauseGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('pause-parts', 'What it is about', 'both', outcome)
  const there = pausableParts(pair)
  const asked = facts.after?.what ?? pausedBefore(facts)
  const lacking = asked.filter((part) => !there.includes(part))
  if (facts.after && lacking.length > 0)
    return make(
      fail(
        `This pair has no ${pausedWords(lacking)} that could be paused.`,
        there.length > 0 ? `It has: ${pausedWords(there)}.` : 'Nothing of it can be paused.',
      ),
    )
  if (asked.length === 0) return make(fail('Nothing of this pair is paused.', 'There is nothing to resume.'))
  return make(pass(`${pausedWords(asked, { isFirst: true })}.`))
}

function endCheck({ facts: { after } }: PauseGround, now: Date): readonly PreflightCheck[] {
  if (!after) return []
  const why = whyNotUntil(after.until, now.getTime())
  const outcome =
    why === null
      ? pass(`It ends by itself at ${untilWords(after.until)}.`)
      : fail(why, 'Choose an end that is at least a minute and at most 7 days ahead.')
  return [toCheck('pause-end', 'Its end', 'both', outcome)]
}

/** All checks of a pause, or of its end, each with its evidence and fix. */
export function pausePreflight(ground: PauseGround, now: Date): readonly PreflightCheck[] {
  const { facts, pair, profile } = ground
  const access = accessCheck('standby', facts.standby)
  if (access.outcome === 'fail') return [access]
  const { database } = pair.scope
  return [
    access,
    sudoCheck('standby', facts.standby, database ? profile.postgres.osUser : null, profile.application),
    rightHostCheck('standby', facts.standby),
    ...crontabWhereUsed('standby', facts.standby),
    ...(database ? [standbyInRecovery(facts.standby)] : []),
    partsCheck(ground),
    ...endCheck(ground, now),
  ]
}
