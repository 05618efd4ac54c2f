import type { PreflightCheck } from '@/lib/domain/preflight'
import { fail, type Outcome, pass, toCheck } from '@/lib/operations/preflight/outcome'
import { syncPreflight } from '@/lib/operations/preflight/sync-preflight'
import { damagedOf, type RepairFilesGround } from '@/lib/operations/repair-files/basis'
import { askedDirectories } from '@/lib/operations/sync/basis'

/** As many names as an evidence bears. */
const namedMax = 5

/** The verification has found something to repair. */
function differingCheck(ground: RepairFilesGround): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('files-differ', 'Files that differ', 'standby', outcome)
  const damaged = damagedOf(ground, askedDirectories(ground))
  const { name } = ground.hosts.standby
  if (damaged.length === 0)
    return make(
      fail(
        `As far as the copies on ${name} are verified, no file of them differs from the primary’s.`,
        `There is nothing to repair. To have all of them compared now: understudy-verify ${ground.pair.slug} --now, on ${name}.`,
      ),
    )
  const wordsOf = ({ directory, names, total }: (typeof damaged)[number]) =>
    `${directory.title}: ${names.slice(0, namedMax).join(', ')}${total > namedMax ? ` and ${total - namedMax} more` : ''}`
  return make(
    pass(`Size and time are the primary’s, the content is not. ${damaged.map(wordsOf).join('; ')}.`),
  )
}

/** All checks of a repair of files: those of a copy, and that there is something to repair. */
export function repairFilesPreflight(ground: RepairFilesGround): readonly PreflightCheck[] {
  const checks = syncPreflight(ground)
  return checks.some(({ id, outcome }) => id === 'standby-access' && outcome === 'fail')
    ? checks
    : [...checks, differingCheck(ground)]
}
