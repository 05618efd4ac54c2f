import type { Command } from '@/lib/commands/command'
import { type RootForm, rootForm } from '@/lib/commands/root-rights'
import { repairFiles } from '@/lib/commands/sync-runs'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { DirectorySetting } from '@/lib/domain/pair'

/** Files of a directory that are pulled anew; which, is told by standard input, and none of it is run. */
export const verifyForms = (
  at: PairPlaces,
  directories: readonly DirectorySetting[],
  jobOf: (command: Command) => Command | null,
): readonly RootForm[] =>
  directories.flatMap(({ id, title }) => {
    const names = ['x']
    const job = jobOf(repairFiles(at, id, names))
    return job
      ? [rootForm(`${title}: repairs files of it`, job, { bytes: Buffer.byteLength(job.stdin ?? '') })]
      : []
  })
