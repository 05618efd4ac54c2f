import type { Command } from '@/lib/commands/command'
import { type RootForm, rootForm } from '@/lib/commands/root-rights'
import { repairFiles } from '@/lib/commands/sync-runs'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting, Pair } from '@/lib/domain/pair'
import { filesThere } from '@/lib/facts/missing-files'
import { rowFilesOf } from '@/lib/operations/row-files/look-for-files'
import type { Profile } from '@/lib/profiles/schema'

/** Names go in by standard input, and none of them is run. */
const withNames = (title: string, command: Command): RootForm =>
  rootForm(title, command, { bytes: Buffer.byteLength(command.stdin ?? '') })

/** Whether files that rows refer to are there; no name comes back. */
export const rowFilesForms = (at: PairPlaces, profile: Profile, pair: Pair): readonly RootForm[] =>
  rowFilesOf(profile, pair).map(({ directory: { title, path } }) =>
    withNames(`${title}: whether files that rows refer to are there`, filesThere(at, path, [])),
  )

/** Files of a directory that are pulled anew. */
export const verifyForms = (
  at: PairPlaces,
  directories: readonly DirectorySetting[],
  jobOf: (command: Command) => Command | null,
): readonly RootForm[] =>
  directories.flatMap(({ id, title }) => {
    const job = jobOf(repairFiles(at, id, ['x']))
    return job ? [withNames(`${title}: repairs files of it`, job)] : []
  })
