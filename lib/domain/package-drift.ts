import type { HostId } from '@/lib/domain/host'
import type { Instant } from '@/lib/domain/observation'
import type { PackageKind } from '@/lib/domain/packages'
import type { Role } from '@/lib/domain/pair'
import type { PublicError } from '@/lib/errors'

/**
 * How the standby's package stands to the primary's, in a word: it is not there, in an older version, in a newer one, in one of which neither can be
 * told, or the primary has not got it.
 */
export const driftWords = ['missing', 'older', 'newer', 'other', 'only on standby'] as const
export type DriftWord = (typeof driftWords)[number]

export type PackageDrift = {
  readonly name: string
  readonly word: DriftWord
  /** Null where the host has not got it. */
  readonly primary: string | null
  readonly standby: string | null
}

/** What both hosts have of one kind; or why that is not known. */
export type KindDrift = { readonly kind: PackageKind } & (
  | {
      readonly primaryCount: number
      readonly standbyCount: number
      /** What differs, the most important first; what is the same on both is not in it. */
      readonly drifts: readonly PackageDrift[]
      readonly why: null
    }
  | { readonly why: PublicError }
)

/** How the packages of both hosts differ, as they were last read. */
export type PackageDrifts = {
  /** Whose they are: in other roles they would say something else. */
  readonly hosts: Readonly<Record<Role, HostId>>
  /** By the dashboard's clock. */
  readonly readAt: Instant
  readonly kinds: readonly KindDrift[]
}

/** As much of it as stands with every observation, which is made anew each second. */
export type DriftSummary = {
  readonly readAt: Instant
  readonly kinds: readonly {
    readonly kind: PackageKind
    readonly primaryCount: number
    readonly counts: Readonly<Record<DriftWord, number>>
    /** The first of those that are missing. */
    readonly missing: readonly string[]
    /** Why it is not known: then it counts nothing. */
    readonly why: PublicError | null
  }[]
}

const namedMax = 5

const noneOf = (): Record<DriftWord, number> => ({
  missing: 0,
  older: 0,
  newer: 0,
  other: 0,
  'only on standby': 0,
})

export const summariseDrifts = ({
  readAt,
  kinds,
}: Pick<PackageDrifts, 'readAt' | 'kinds'>): DriftSummary => ({
  readAt,
  kinds: kinds.map((found) => {
    const counts = noneOf()
    if (found.why) return { kind: found.kind, primaryCount: 0, counts, missing: [], why: found.why }
    for (const { word } of found.drifts) counts[word] += 1
    const missing = found.drifts.flatMap(({ word, name }) => (word === 'missing' ? [name] : []))
    return {
      kind: found.kind,
      primaryCount: found.primaryCount,
      counts,
      missing: missing.slice(0, namedMax),
      why: null,
    }
  }),
})

/** How many packages of the primary the standby lacks, of all kinds that are known. */
export const missingCount = ({ kinds }: Pick<DriftSummary, 'kinds'>): number =>
  kinds.reduce((sum, { counts }) => sum + counts.missing, 0)

/** How many are in another version there, older, newer or otherwise. */
export const otherCount = ({ kinds }: Pick<DriftSummary, 'kinds'>): number =>
  kinds.reduce((sum, { counts }) => sum + counts.older + counts.newer + counts.other, 0)

export const kindTitles: Readonly<Record<PackageKind, string>> = {
  deb: 'Packages of the system (deb)',
  rpm: 'Packages of the system (rpm)',
  pip: 'Python packages (pip)',
}
