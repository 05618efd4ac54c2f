import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import { senderPackagePaths } from '@/lib/commands/package-sync'
import type { Sync } from '@/lib/commands/sync'
import type { PairPlaces } from '@/lib/domain/host-places'
import { settingsDirectory, sourceMarkName } from '@/lib/domain/sync-names'

/** Exit code when a directory of the list is not there. */
export const sourceMissing = 44

/** Exit code when what stands in a mark's place is none, or a link: everybody may read the list, and it must not tell other files. */
export const sourceMarkForeign = 45

const join = (commands: readonly Command[]): Command => ({
  ...sh``,
  text: commands.map(({ text }) => text).join('\n'),
})

const listPath = (at: PairPlaces) => `${settingsDirectory(at)}/send`

/**
 * Gives each directory of the primary its mark, where it has none yet, and writes down what may be sent: lines of id,
 * mark and path. A mark belongs to the directory: another pair that finds it uses it as it is.
 */
export function markSources(sync: Pick<Sync, 'places' | 'directories'>, operationMark: string): Command {
  const each = sync.directories.map(
    ({ id, path }) => sh`path=${path}; [ -d "$path" ] || { printf '%s\n' "$path"; exit ${sourceMissing}; }
mark=$path/${sourceMarkName}
if [ ! -s "$mark" ]; then
  rm -f -- "$mark.new" && (umask 0333; set -C; printf '%s\n' ${`${operationMark}-${id}`} >"$mark.new") && chown -h --reference="$path" -- "$mark.new" &&
    sync -- "$mark.new" && mv -fT -- "$mark.new" "$mark" || exit 1
fi
said=$(dd if="$mark" iflag=nofollow,nonblock bs=200 count=1 status=none | head -n 1)
case $said in '' | *[!A-Za-z0-9-]*) printf '%s\n' "$path"; exit ${sourceMarkForeign} ;; esac
printf '%s %s %s\n' ${id} "$said" "$path" >>"$list.new" || exit 1`,
  )
  return asKeeper(
    sync.places.primary,
    join([
      sh`umask 022; list=${listPath(sync.places.primary)}; mkdir -p -- "$(dirname -- "$list")" && : >"$list.new" || exit 1`,
      ...each,
      sh`sync -- "$list.new" && mv -fT -- "$list.new" "$list"`,
    ]),
  )
}

/** Exit code 0 when the list names exactly these directories with the marks that they carry. */
export function findMarks(sync: Pick<Sync, 'places' | 'directories'>): Command {
  const each = sync.directories.map(
    ({ id, path }) =>
      // One without a mark is told too: cut off before it, the list could be that of fewer directories.
      sh`mark=$(head -n 1 -- ${`${path}/${sourceMarkName}`} 2>/dev/null)
printf '%s %s %s\n' ${id} "\${mark:-?}" ${path}`,
  )
  return asKeeper(
    sync.places.primary,
    sh`{ ${join([...each, sh`:`])}
} | cmp -s -- - ${listPath(sync.places.primary)}`,
  )
}

/** Takes away the marks that copies have brought to the standby, where this operation made them: what somebody else copies has none. */
export const removeCopiedMarks = (
  at: PairPlaces,
  directories: Sync['directories'],
  operationMark: string,
): Command =>
  asKeeper(
    at,
    join([
      ...directories.map(
        ({ id, path }) =>
          sh`mark=${`${path}/${sourceMarkName}`}
[ "$(head -n 1 -- "$mark" 2>/dev/null)" != ${`${operationMark}-${id}`} ] || rm -f -- "$mark"`,
      ),
      sh`true`,
    ]),
  )

/** Takes away the list of what may be sent, and what is said of packages. */
const forgetList = (at: PairPlaces): Command =>
  sh`rm -f -- ${[listPath(at), ...senderPackagePaths(at)]}; rmdir -- ${settingsDirectory(at)} 2>/dev/null`

/** Takes away the list, and those marks that this operation made and that no other pair of the host sends by. */
export function removeMarks(
  sync: { readonly directories: Sync['directories']; readonly places: Pick<Sync['places'], 'primary'> },
  operationMark: string,
): Command {
  const at = sync.places.primary
  const each = sync.directories.map(
    ({ id, path }) =>
      sh`mark=${`${path}/${sourceMarkName}`}; said=${`${operationMark}-${id}`}
[ "$(head -n 1 -- "$mark" 2>/dev/null)" != "$said" ] || grep -qsF -- " $said " ${at.settings}/*/send || rm -f -- "$mark"`,
  )
  return asKeeper(at, join([forgetList(at), ...each, sh`true`]))
}

/**
 * Takes away the list, and the marks of the pair's directories, whichever operation made them: a change of settings and each exchange of
 * roles make some too, and a copy brings them to the standby. One by which another pair of the host sends, or that it copies, stays.
 */
export function removeAllMarks(at: PairPlaces, directories: Sync['directories']): Command {
  const each = directories.map(
    ({ id, path }) =>
      sh`mark=${`${path}/${sourceMarkName}`}; said=$(head -n 1 -- "$mark" 2>/dev/null)
case $said in ????????-${id}) ;; *) said= ;; esac
[ -z "$said" ] || grep -qsF -- " $said " ${at.settings}/*/send ||
  grep -qsxF -- ${`path=${path}`} ${at.settings}/*/directories/*.conf || rm -f -- "$mark"`,
  )
  return asKeeper(at, join([forgetList(at), ...each, sh`true`]))
}
