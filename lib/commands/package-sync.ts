import type { Pip } from '@/lib/commands/packages'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { PackageSetting } from '@/lib/domain/package-setting'
import { type PackageKind, packageLogName } from '@/lib/domain/packages'
import { settingsDirectory } from '@/lib/domain/sync-names'

/** What of packages a pair keeps, and when: see `host/understudy-packages`. */
export type PackageSync = PackageSetting & {
  /** Those of the system: dpkg's or rpm's, whichever the hosts have. */
  readonly system: boolean
  readonly pip: Pip | null
}

type Content = { readonly path: string; readonly content: string }

const yes = (is: boolean): string => (is ? 'yes' : 'no')

/** The profile's pip as a program: pip's own words are put behind, as `runPip` does. */
const pipProgram = (path: string, { pip }: PackageSync): readonly Content[] =>
  pip ? [{ path: `${path}.pip`, content: `${pip.command} "$@"\n` }] : []

const runnerBase = (at: PairPlaces): string => `${settingsDirectory(at)}/packages`
const senderBase = (at: PairPlaces): string => `${settingsDirectory(at)}/send-packages`

const filesOf = (base: string): readonly string[] => [`${base}.conf`, `${base}.pip`]
export const runnerPackagePaths = (at: PairPlaces): readonly string[] => filesOf(runnerBase(at))
export const senderPackagePaths = (at: PairPlaces): readonly string[] => filesOf(senderBase(at))

/** Settings of the runner on the standby. */
export function runnerPackageSettings(at: PairPlaces, packages: PackageSync): readonly Content[] {
  const { system, pip, installs } = packages
  const lines = [
    `system=${yes(system)}`,
    `pip=${yes(pip !== null)}`,
    `pip_user=${yes(pip?.user === true)}`,
    `wheel_directory=${pip?.wheelDirectory ?? ''}`,
    `install=${yes(installs)}`,
  ]
  return [
    { path: `${runnerBase(at)}.conf`, content: `${lines.join('\n')}\n` },
    ...pipProgram(runnerBase(at), packages),
  ]
}

/** What the primary answers about. */
export const senderPackageSettings = (at: PairPlaces, packages: PackageSync): readonly Content[] => [
  {
    path: `${senderBase(at)}.conf`,
    content: `system=${yes(packages.system)}\npip=${yes(packages.pip !== null)}\n`,
  },
  ...pipProgram(senderBase(at), packages),
]

/** Logs of what was done about them; which of the system's there is, is known on the host alone. */
export function packageLogs({ system, pip }: PackageSync): readonly string[] {
  const kinds: readonly PackageKind[] = [
    ...(system ? (['deb', 'rpm'] as const) : []),
    ...(pip ? (['pip'] as const) : []),
  ]
  return kinds.map(packageLogName)
}
