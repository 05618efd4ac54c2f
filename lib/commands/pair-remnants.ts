import { kitDirectory } from '@/lib/commands/break-glass/kit'
import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import { accessDirectory } from '@/lib/commands/sync-access'
import { keptSchedule } from '@/lib/commands/sync-runs'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { Scope } from '@/lib/domain/pair'
import { passfilePath } from '@/lib/domain/pair-names'
import {
  fileRolePath,
  packageRunsDirectory,
  rotationPath,
  runsDirectory,
  schedulePath,
  settingsDirectory,
  syncKeyPath,
} from '@/lib/domain/sync-names'

const ofFiles = (at: PairPlaces): readonly string[] => [
  syncKeyPath(at),
  `${syncKeyPath(at)}.pub`,
  settingsDirectory(at),
  runsDirectory(at),
  packageRunsDirectory(at),
  keptSchedule(at),
  accessDirectory(at),
  ...(at.keeper === 'root' ? [schedulePath(at.slug), rotationPath(at)] : []),
]

/**
 * Prints the paths of what a pair of this scope (files: whatever the standby asks the primary for beside its database) has put on a host and is still there, one a line; logs are history, and notes of old data
 * stay with it. The login user's own files and crontab are looked at apart.
 */
export const findRemnants = (at: PairPlaces, scope: Pick<Scope, 'database' | 'files'>): Command => {
  const paths = [
    kitDirectory(at),
    scope.database ? passfilePath(at) : fileRolePath(at),
    ...(scope.files ? ofFiles(at) : []),
  ]
  return asKeeper(at, sh`for f in ${paths}; do [ ! -e "$f" ] && [ ! -L "$f" ] || printf '%s\n' "$f"; done`)
}
