import { type DriftWord, driftWords, type PackageDrift } from '@/lib/domain/package-drift'
import { compareVersions } from '@/lib/domain/package-versions'
import { comparePackages, type Package, type PackageKind } from '@/lib/domain/packages'

function wordOf(kind: PackageKind, primary: string, standby: string): DriftWord {
  const order = compareVersions(kind, standby, primary)
  return order === null || order === 0 ? 'other' : order < 0 ? 'older' : 'newer'
}

/** Package by package what differs. */
export function driftOf(
  kind: PackageKind,
  primary: readonly Package[],
  standby: readonly Package[],
): readonly PackageDrift[] {
  const { missing, other } = comparePackages(primary, standby)
  const { missing: extra } = comparePackages(standby, primary)
  const drifts: readonly PackageDrift[] = [
    ...missing.map(({ name, version }) => ({
      name,
      word: 'missing' as const,
      primary: version,
      standby: null,
    })),
    ...other.map(({ name, primary: its, standby: has }) => ({
      name,
      word: wordOf(kind, its, has),
      primary: its,
      standby: has,
    })),
    ...extra.map(({ name, version }) => ({
      name,
      word: 'only on standby' as const,
      primary: null,
      standby: version,
    })),
  ]
  return driftWords.flatMap((word) => drifts.filter((drift) => drift.word === word))
}
