import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import { accessDirectory } from '@/lib/commands/sync-access'
import { keptSchedule } from '@/lib/commands/sync-runs'
import type { PairPlaces } from '@/lib/domain/host-places'
import { passfilePath } from '@/lib/domain/pair-names'
import {
  fileRolePath,
  rotationPath,
  runsDirectory,
  schedulePath,
  settingsDirectory,
  syncKeyPath,
} from '@/lib/domain/sync-names'

/**
 * Prints the paths of what a pair has put on a host and is still there, one a line; logs are history, and notes of old data stay with
 * it. The login user's own files and crontab are looked at apart.
 */
export const findRemnants = (at: PairPlaces): Command => {
  const paths = [
    passfilePath(at),
    syncKeyPath(at),
    `${syncKeyPath(at)}.pub`,
    fileRolePath(at),
    settingsDirectory(at),
    runsDirectory(at),
    keptSchedule(at),
    accessDirectory(at),
    ...(at.keeper === 'root' ? [schedulePath(at.slug), rotationPath(at)] : []),
  ]
  return asKeeper(at, sh`for f in ${paths}; do [ ! -e "$f" ] && [ ! -L "$f" ] || printf '%s\\n' "$f"; done`)
}
