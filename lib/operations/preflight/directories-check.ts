import type { DirectorySetting } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { PathFacts } from '@/lib/facts/path-survey'
import { missing } from '@/lib/operations/preflight/access-checks'
import { pathOf } from '@/lib/operations/preflight/disk-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

/**
 * File systems that one host alone has. On any other, a network's or a cluster's, what the standby puts aside may be what the primary
 * is working on.
 */
const localFileSystems: ReadonlySet<string> = new Set([
  ...[
    'ext2',
    'ext3',
    'ext4',
    'xfs',
    'btrfs',
    'zfs',
    'bcachefs',
    'f2fs',
    'jfs',
    'reiserfs',
    'tmpfs',
    'overlay',
  ],
])

type Found = {
  readonly path: string
  readonly one: PathFacts | undefined
  readonly other: PathFacts | undefined
}
type Given = { readonly primary: HostFacts; readonly standby: HostFacts; readonly found: readonly Found[] }

const namesOf = (found: readonly Found[]): string => found.map(({ path }) => path).join(', ')

function absentOnPrimary({ primary, found }: Given): Outcome | null {
  const absent = found.filter(({ one }) => !one?.exists)
  if (absent.length === 0) return null
  return fail(
    `${namesOf(absent)} is not on ${primary.name}.`,
    'Leave it out, or correct its path: an empty source would never be copied.',
  )
}

function shared({ standby, found }: Given): Outcome | null {
  const places = found.flatMap(({ path, other }) =>
    other && !localFileSystems.has(other.fileSystem) ? [`${path} (${other.fileSystem || 'unknown'})`] : [],
  )
  if (places.length === 0) return null
  return fail(
    `${places.join(', ')} on ${standby.name} is not on a file system of its own disks: the primary may have the same files there, and they would be moved away under it.`,
    'Give the standby a file system of its own there; or leave the directory out, if both hosts share it.',
  )
}

function mountedWithin({ standby, found }: Given): Outcome | null {
  const mounts = [...new Set(found.flatMap(({ other }) => other?.mountsWithin ?? []))]
  if (mounts.length === 0) return null
  return fail(
    `File systems are mounted within synced directories of ${standby.name}: ${mounts.join(', ')}. They would stay with the old files, and come back over the new ones at a reboot.`,
    'Sync what is mounted as a directory of its own, and leave the one around it out; or unmount it and take it out of /etc/fstab.',
  )
}

function stayingInPlace({ standby, found }: Given): Outcome | null {
  const staying = found.filter(({ other }) => other?.exists && (other.isMountPoint || other.isLink))
  if (staying.length === 0) return null
  return warn(
    `${namesOf(staying)} on ${standby.name} is the root of a file system, or a link: it can’t get another name, so what is in it moves into a directory within it, and back at an undo.`,
    'See that it is mounted at each boot: nothing is copied there while it is not.',
  )
}

/**
 * Directories are there on the primary, and what the standby has in their places can make room and come back. Who owns what is in them
 * is another check's business.
 */
export function directoriesCheck(
  primary: HostFacts,
  standby: HostFacts,
  directories: readonly DirectorySetting[],
): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('directories', 'Synced directories', 'both', outcome)
  if (!answerOf(primary.paths) || !answerOf(standby.paths)) return make(missing(primary.paths, standby.paths))
  const found = directories.map(({ path }) => ({
    path,
    one: pathOf(primary, path),
    other: pathOf(standby, path),
  }))
  const given = { primary, standby, found }
  return make(
    absentOnPrimary(given) ??
      shared(given) ??
      mountedWithin(given) ??
      stayingInPlace(given) ??
      pass(`${directories.length} directories are on the primary.`),
  )
}
