import type { Pair } from '@/lib/domain/pair'
import { transcriptPath } from '@/lib/domain/transcript'
import type { LogFileView } from '@/lib/domain/views'
import type { Profile } from '@/lib/profiles/schema'

/** The transcript of all operations, named as in the seed. */
const transcriptId = 'warm-standby'

/** Every log of a pair that can be read on either host: the transcript, then one for each synced directory. */
export function logFilesOf(
  pair: Pair,
  { logDirectory }: Pick<Profile, 'logDirectory'>,
): readonly LogFileView[] {
  return [
    {
      id: transcriptId,
      title: 'Setup and command output',
      path: transcriptPath(logDirectory),
    },
    ...pair.settings.directories.map(({ id, title, log }) => ({ id, title, path: `${logDirectory}/${log}` })),
  ]
}
