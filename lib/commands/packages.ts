import { asRoot, type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { HostPlaces, PairPlaces } from '@/lib/domain/host-places'
import { type Package, type PackageKind, toNevra } from '@/lib/domain/packages'
import { pairDirectory } from '@/lib/domain/pair-names'

/** How pip of the application's own interpreter is run: see `lib/profiles/schema.ts`. */
export type Pip = {
  readonly command: string
  readonly user: boolean
  readonly wheelDirectory: string | null
}

/** Exit code of `listPackages` where the host has not got the tool. */
export const toolMissing = 127

/** `deb`, `rpm` or nothing: the manager of the system's packages on this host. */
export const findPackageManager: Command = sh`if command -v dpkg-query >/dev/null; then echo deb; elif command -v rpm >/dev/null; then echo rpm; fi`

/** dpkg-query(1): status, name (with its architecture where there can be several) and version, parted by tabs. */
const listDeb: Command = sh`dpkg-query -W -f '\${db:Status-Abbrev}\\t\${binary:Package}\\t\${Version}\\n'`

/** rpm(8): `name.arch` and `epoch:version-release`; keys are no packages. */
const listRpm: Command = sh`rpm -qa --qf ${'%{NAME}\t%{ARCH}\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\n'}`

/** Any login user may ask for the system's packages; pip is asked as it is run. */
export function listPackages(kind: PackageKind, at: HostPlaces, pip: Pip | null): Command {
  if (kind === 'deb') return listDeb
  if (kind === 'rpm') return listRpm
  return runPip(at, pip, ['list', '--format=json', '--disable-pip-version-check'])
}

/** The profile's command with these arguments: `sh -c 'python3 -m pip "$@"' pip list`. Throws RangeError without a pip. */
function runPip(at: HostPlaces, pip: Pip | null, words: readonly string[]): Command {
  if (!pip) throw new RangeError('the profile has no pip')
  return asKeeper(at, sh`sh -c ${`${pip.command} "$@"`} pip ${words}`)
}

/** What the standby's own sources offer of these: lines `name | version | where` (apt-cache(8), madison). */
export const offeredDeb = (names: readonly string[]): Command => sh`apt-cache madison -- ${names}`

const aptOptions = [
  ...['-y', '--no-remove', '--no-install-recommends'],
  ...['-o', 'APT::Get::AutomaticRemove=false', '-o', 'DPkg::Lock::Timeout=120'],
  ...['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'],
]
const debTargets = (packages: readonly Package[]) => packages.map(({ name, version }) => `${name}=${version}`)

/** What would be done: `Inst`, `Conf` and `Remv` lines; changes nothing and needs no root (apt-get(8), --simulate). */
export const simulateDeb = (packages: readonly Package[]): Command =>
  sh`apt-get -s ${aptOptions} install -- ${debTargets(packages)}`

const rpmTool: Command = sh`tool=dnf; command -v dnf >/dev/null || tool=yum`

/** Lines by which dnf and yum say that something that is there would go or change; so does what another package takes the place of. */
export const rpmChanges = '^(Upgrading|Updating|Removing|Downgrading|Reinstalling|Obsoleting)|^ +replacing '

/** The same of dnf(8) and yum(8): what no source offers keeps nothing else away. It ends with 1, because it was not let go on. */
export const simulateRpm = (packages: readonly Package[]): Command =>
  sh`${rpmTool}; options=; [ "$tool" = yum ] || options=--setopt=strict=0
"$tool" --assumeno $options install -- ${packages.map(toNevra)} 2>&1`

/**
 * Installs these from the host's own sources; never removes or downgrades (apt-get refuses both). What dnf and yum would do is asked
 * first, and nothing is done where that would change or remove anything. pip installs exactly these and nothing that they depend on: what they need is in the list too.
 */
export function installPackages(
  kind: PackageKind,
  at: HostPlaces,
  pip: Pip | null,
  packages: readonly Package[],
): Command {
  if (kind === 'deb')
    return asRoot(
      sh`export DEBIAN_FRONTEND=noninteractive
dpkg --configure -a && apt-get ${aptOptions} install -- ${debTargets(packages)}`,
    )
  if (kind === 'rpm')
    return asRoot(
      sh`${rpmTool}
said=$("$tool" --assumeno install -- ${packages.map(toNevra)} 2>&1)
if printf '%s\n' "$said" | grep -Eq ${rpmChanges}; then printf '%s\n' "$said" >&2; exit 1; fi
"$tool" -y install -- ${packages.map(toNevra)}`,
    )
  return runPip(at, pip, [
    ...['install', '--no-deps', '--no-input', '--disable-pip-version-check'],
    ...(pip?.user ? ['--user'] : []),
    ...(pip?.wheelDirectory ? ['--no-index', '--find-links', pip.wheelDirectory] : []),
    '--',
    ...packages.map(({ name, version }) => `${name}==${version}`),
  ])
}

/** Removes exactly these: each tool refuses, and removes nothing, where something else still needs one of them; pip does not ask. */
export function removePackages(
  kind: PackageKind,
  at: HostPlaces,
  pip: Pip | null,
  names: readonly string[],
): Command {
  if (kind === 'deb') return asRoot(sh`DEBIAN_FRONTEND=noninteractive dpkg --purge -- ${names}`)
  if (kind === 'rpm') return asRoot(sh`rpm -e -- ${names}`)
  return runPip(at, pip, ['uninstall', '-y', '--disable-pip-version-check', '--', ...names])
}

/** What was installed on the standby before the operation installed anything. */
export const packagesBeforePath = (at: PairPlaces, kind: PackageKind, mark: string): string =>
  `${pairDirectory(at)}/${kind}-packages-before-${mark}`

/** Puts what stands at the path beside it, once, or remembers that nothing stood there; nothing is deleted. */
export const makeRoomForList = (at: HostPlaces, path: string, aside: string): Command =>
  asKeeper(
    at,
    sh`path=${path}; aside=${aside}
mkdir -p -- "$(dirname -- "$path")" || exit 1
if [ ! -e "$aside" ] && [ ! -e "$aside.absent" ]; then
  if [ -e "$path" ]; then mv -fT -- "$path" "$aside"; else (set -C; : >"$aside.absent"); fi
fi`,
  )

/** What stood there before is back, or nothing is there; does nothing where nothing was put aside. */
export const bringListBack = (at: HostPlaces, path: string, aside: string): Command =>
  asKeeper(
    at,
    sh`path=${path}; aside=${aside}
if [ -e "$aside" ]; then mv -fT -- "$aside" "$path"
elif [ -e "$aside.absent" ]; then rm -f -- "$path" "$aside.absent"; fi`,
  )

/** Makes the pair's directory, for what is kept there. */
export const ensurePairDirectory = (at: PairPlaces): Command =>
  asKeeper(at, sh`install -d -m 0755 -- ${at.state} ${pairDirectory(at)}`)

/** Removes what was kept there, and the directory where nothing else is in it. */
export const forgetPackages = (at: PairPlaces, path: string): Command =>
  asKeeper(at, sh`rm -f -- ${path}; rmdir -- ${pairDirectory(at)} 2>/dev/null || true`)
