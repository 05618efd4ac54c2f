import { transcriptLogId } from '@/lib/domain/own-logs'
import { type PackageKind, packageKinds, packageListName, packageLogName } from '@/lib/domain/packages'
import type { Pair } from '@/lib/domain/pair'
import { transcriptPath } from '@/lib/domain/transcript'
import type { LogFileView } from '@/lib/domain/views'
import type { Profile } from '@/lib/profiles/schema'

type OfProfile = Pick<Profile, 'logDirectory' | 'packages'>

/**
 * Every log of a pair that can be read on either host: the transcript, one for each synced directory, and the lists of packages with
 * what was done about them. `isKept` says of which kinds of packages there are any: which ones the hosts have, the profile does not tell.
 */
export function logFilesOf(
  { scope, settings }: Pair,
  { logDirectory, packages }: OfProfile,
  isKept: (kind: PackageKind) => boolean = () => true,
): readonly LogFileView[] {
  const ofProfile = packageKinds.filter((kind) => (kind === 'pip' ? packages.pip !== null : packages.system))
  const kinds = scope.packages === true ? ofProfile.filter(isKept) : []
  const fileOf = (id: string, title: string, name: string) => ({ id, title, path: `${logDirectory}/${name}` })
  return [
    { id: transcriptLogId, title: 'Setup and command output', path: transcriptPath(logDirectory) },
    ...settings.directories.map(({ id, title, log }) => fileOf(id, title, log)),
    ...kinds.map((kind) => fileOf(idOf(packageLogName(kind)), `Packages (${kind})`, packageLogName(kind))),
    ...kinds.map((kind) =>
      fileOf(idOf(packageListName(kind)), `List of the primary’s packages (${kind})`, packageListName(kind)),
    ),
  ]
}

/** The file's name without its ending: with an underscore in it no directory's id can be the same. */
const idOf = (name: string) => name.replace(/\.\w+$/, '')
