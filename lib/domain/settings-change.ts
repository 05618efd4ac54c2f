import type { PackageSetting } from '@/lib/domain/package-setting'
import type { DirectorySetting, Pair, Scope } from '@/lib/domain/pair'

/** What of a pair can be changed while it lives. */
export type Changeable = Pick<Pair, 'scope' | 'settings'>

type Line = { readonly what: string; readonly before: string; readonly after: string }

const segments = (count: number | null | undefined) => (count == null ? 'none' : `${count} segments`)
const packagesWords = (setting: PackageSetting | undefined) =>
  setting === undefined
    ? 'once a night, what is missing is installed'
    : `${setting.schedule}, ${setting.installs ? 'what is missing is installed' : 'nothing is installed'}`
const inScope = (isIn: boolean | undefined) => (isIn === true ? 'yes' : 'no')

/** The directories that are copied: none where the files are left out. */
export const copiedOf = ({ scope, settings }: Changeable): readonly DirectorySetting[] =>
  scope.files ? settings.directories : []

const describe = ({ path, log, schedule, title }: DirectorySetting) =>
  `${title}, ${path}, ${schedule}, ${log}`

const isSame = (one: DirectorySetting, other: DirectorySetting): boolean => describe(one) === describe(other)

/** What becomes of the directories: which come, which go, and whether one that stays is told otherwise. */
export function directoryChanges(before: Changeable, after: Changeable) {
  const [was, is] = [copiedOf(before), copiedOf(after)]
  const find = (list: readonly DirectorySetting[], id: string) => list.find((each) => each.id === id)
  const added = is.filter(({ id }) => !find(was, id))
  const removed = was.filter(({ id }) => !find(is, id))
  const changed = is.filter((each) => {
    const old = find(was, each.id)
    return old !== undefined && !isSame(old, each)
  })
  const moved = changed.filter(({ id, path }) => find(was, id)?.path !== path)
  return { was, is, added, removed, changed, moved } as const
}

function scopeLines(before: Scope, after: Scope): readonly Line[] {
  const parts = { database: 'Database', files: 'Files', packages: 'Packages' } as const
  return (['database', 'files', 'packages'] as const).map((part) => ({
    what: parts[part],
    before: inScope(before[part]),
    after: inScope(after[part]),
  }))
}

function directoryLines(before: Changeable, after: Changeable): readonly Line[] {
  const ids = [
    ...new Set([...before.settings.directories, ...after.settings.directories].map(({ id }) => id)),
  ]
  const of = ({ settings }: Changeable, id: string) => {
    const found = settings.directories.find((each) => each.id === id)
    return found ? describe(found) : 'none'
  }
  return ids.map((id) => ({ what: `Directory ${id}`, before: of(before, id), after: of(after, id) }))
}

/** What is changed, a line for each thing: `WAL kept: 32 segments → 64 segments`. Empty where nothing is. */
export function settingsDiff(before: Changeable, after: Changeable): readonly Line[] {
  const lines: readonly Line[] = [
    ...scopeLines(before.scope, after.scope),
    {
      what: 'WAL kept for a standby that is away',
      before: segments(before.settings.walKeepSegments),
      after: segments(after.settings.walKeepSegments),
    },
    {
      what: 'Replication slot, holding back at most',
      before: segments(before.settings.slotWalSegments),
      after: segments(after.settings.slotWalSegments),
    },
    {
      what: 'A former primary that comes back',
      before: before.settings.fenceReturned ?? 'ask',
      after: after.settings.fenceReturned ?? 'ask',
    },
    {
      what: 'Packages are kept',
      before: packagesWords(before.settings.packages),
      after: packagesWords(after.settings.packages),
    },
    ...directoryLines(before, after),
  ]
  return lines.filter(({ before: was, after: is }) => was !== is)
}

/** The same as text, one sentence without its end for each. */
export const diffWords = (lines: readonly Line[]): readonly string[] =>
  lines.map(({ what, before, after }) => `${what}: ${before} → ${after}`)
