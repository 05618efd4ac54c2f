import type { PreflightCheck } from '@/lib/domain/preflight'
import type { PackageFacts } from '@/lib/operations/create/package-facts'
import { fail, notApplicable, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

const shown = 8
const list = (words: readonly string[]) =>
  words.length <= shown
    ? words.join(', ')
    : `${words.slice(0, shown).join(', ')} and ${words.length - shown} more`

function outcomeOf({ found }: PackageFacts): Outcome {
  if (!found.isCompared) {
    const { outcome, evidence, fix } = found
    if (outcome === 'not-applicable') return notApplicable(evidence)
    return outcome === 'fail' ? fail(evidence, fix) : warn(evidence, fix)
  }
  const { primaryCount, missing, targets, unavailable, other, changes } = found
  if (changes.length > 0)
    return fail(
      `Installing what is missing would change what is there: ${list(changes)}.`,
      'Bring these to the primary’s versions on the standby yourself, or leave the packages out.',
    )
  const evidence = [
    missing.length === 0
      ? `The standby has all ${primaryCount} packages of the primary.`
      : `Of ${primaryCount} packages ${missing.length} are missing and ${targets.length} are installed: ${list(missing.map(({ name, version }) => `${name} ${version}`))}.`,
    ...(unavailable.length > 0 ? [`No source offers ${list(unavailable)}.`] : []),
    ...(other.length > 0
      ? [
          `In another version, and left so: ${list(other.map(({ name, primary, standby }) => `${name} ${standby} (primary ${primary})`))}.`,
        ]
      : []),
  ].join(' ')
  return unavailable.length > 0 || other.length > 0
    ? warn(evidence, 'Bring them to the primary’s versions on the standby, if the application needs them.')
    : pass(evidence)
}

const titles = {
  deb: 'Packages of the system',
  rpm: 'Packages of the system',
  pip: 'Python packages',
} as const

/** One check for each kind of packages that was compared. */
export const packageChecks = (facts: readonly PackageFacts[]): readonly PreflightCheck[] =>
  facts.map((each) => toCheck(`${each.kind}-packages`, titles[each.kind], 'standby', outcomeOf(each)))
