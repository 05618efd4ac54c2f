import { type OwnerKind, ownerDifferences, ownersFix } from '@/lib/domain/owner-differences'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { OwnerNames } from '@/lib/facts/owner-names'
import type { PathFacts } from '@/lib/facts/path-survey'
import { missing } from '@/lib/operations/preflight/access-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { ParityGround } from '@/lib/operations/preflight/machine-parity-checks'
import { fail, type Outcome, overridable, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'
import { ownersMax, type ParityFacts } from '@/lib/operations/preflight/parity-facts'

/** At most this many differences are told one by one. */
const shown = 6

function treesOf(host: HostFacts, directories: readonly string[]): readonly PathFacts[] {
  return answerOf(host.paths)?.filter(({ path, exists }) => exists && directories.includes(path)) ?? []
}

const idsIn = (trees: readonly PathFacts[], kind: OwnerKind): readonly number[] => [
  ...new Set(trees.flatMap(({ owners }) => owners.map(({ uid, gid }) => (kind === 'users' ? uid : gid)))),
]

const shortList = (names: readonly string[]) =>
  names.length > shown
    ? `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`
    : names.join(', ')

/** Trees that were not walked to their end, in words; null where all were. */
function incompleteOf(host: HostFacts, trees: readonly PathFacts[]): string | null {
  const of = (walk: PathFacts['walk']) => trees.filter((tree) => tree.walk === walk).map(({ path }) => path)
  const [cut, part] = [of('cut-short'), of('in-part')]
  const phrases = [
    ...(cut.length > 0 ? [`the time was over before the end of ${cut.join(', ')}`] : []),
    ...(part.length > 0 ? [`not all of ${part.join(', ')} could be read`] : []),
  ]
  return phrases.length > 0 ? `On ${host.name} ${phrases.join(', and ')}.` : null
}

const nameOf = (names: OwnerNames, id: number) =>
  names.users.find((entry) => entry.id === id)?.name ?? String(id)

function outcomeOf(ground: ParityGround, parity: ParityFacts, directories: readonly string[]): Outcome {
  const { primary, standby } = ground
  if (!primary.paths.seen || !standby.paths.seen) return missing(primary.paths, standby.paths)
  const [one, other] = [answerOf(parity.owners.primary), answerOf(parity.owners.standby)]
  if (!one || !other) return missing(parity.owners.primary, parity.owners.standby)
  const names = { primary: one, standby: other }
  const [there, here] = [treesOf(primary, directories), treesOf(standby, directories)]
  const wrong = standby.isUnprivileged
    ? []
    : (['users', 'groups'] as const).flatMap((kind) =>
        ownerDifferences(idsIn(there, kind), kind, names, standby.name),
      )
  if (wrong.length > 0)
    return overridable(
      fail(
        `${wrong.slice(0, shown).join('; ')}${wrong.length > shown ? `; and ${wrong.length - shown} more` : ''}.`,
        ownersFix,
      ),
    )
  return outcomeOfTrees(ground, names, { there, here })
}

/** Where every number means the same on both hosts: was all of it seen, and are they the same owners? */
function outcomeOfTrees(
  { primary, standby }: ParityGround,
  names: Readonly<Record<'primary' | 'standby', OwnerNames>>,
  { there, here }: { readonly there: readonly PathFacts[]; readonly here: readonly PathFacts[] },
): Outcome {
  const owners = idsIn(there, 'users').map((id) => nameOf(names.primary, id))
  const trees = `${there.length} trees belong to ${shortList(owners) || 'nobody'}`
  const evidence = standby.isUnprivileged ? trees : `${trees}, with the same numbers on both hosts`
  const most = Math.max(
    idsIn([...there, ...here], 'users').length,
    idsIn([...there, ...here], 'groups').length,
  )
  const incomplete = [
    incompleteOf(primary, there),
    incompleteOf(standby, here),
    most > ownersMax ? `Of ${most} owners the first ${ownersMax} were compared.` : null,
  ].flatMap((each) => each ?? [])
  if (incomplete.length > 0)
    return warn(
      `${evidence}, as far as they were walked. ${incomplete.join(' ')}`,
      'Look at the rest yourself: find DIRECTORY -printf "%U:%G\\n" | sort -u.',
    )
  if (standby.isUnprivileged && owners.some((name) => name !== primary.user))
    return warn(
      `${evidence}: without root a copy belongs to ${standby.user} alone, and what that user can’t read is not copied.`,
      `Give these files to ${primary.user} on ${primary.name}, or leave their directory out.`,
    )
  // What root left there (lost+found) does not say as whom the application runs.
  const others = idsIn(here, 'users')
    .filter((id) => id !== 0)
    .map((id) => nameOf(names.standby, id))
    .filter((name) => !owners.includes(name))
  return others.length > 0
    ? warn(
        `${evidence}; what is there on ${standby.name} now belongs to ${shortList(others)} too.`,
        `See as whom the application runs on ${standby.name}: the copy belongs to ${shortList(owners)}.`,
      )
    : pass(`${evidence}.`)
}

/** Owners and groups of everything in the synced trees mean the same users and groups on both hosts. */
export function ownersCheck(ground: ParityGround, directories: readonly string[]): PreflightCheck {
  return toCheck(
    'owners',
    'Owners of the synced files',
    'both',
    ground.parity
      ? outcomeOf(ground, ground.parity, directories)
      : fail('They were not looked at.', 'Mend the access to both hosts, then check again.'),
  )
}
