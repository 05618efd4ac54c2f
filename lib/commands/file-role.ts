import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { FileRole } from '@/lib/domain/file-role'
import type { PairPlaces } from '@/lib/domain/host-places'
import { pairDirectory } from '@/lib/domain/pair-names'
import { fileRolePath } from '@/lib/domain/sync-names'

/** Exit code of `setFileRole` where the host has a role that it must not have for that. */
export const otherFileRole = 17

/** The word alone, empty where the host has none; any login user may ask. */
export const readFileRole = (at: PairPlaces): Command => sh`cat -- ${fileRolePath(at)} 2>/dev/null; true`

/**
 * Gives the host its role, only where it has one of `from` (`none`: no file) or has it already; else exit code `otherFileRole`. By a
 * rename: whoever reads it meanwhile reads a whole word.
 */
export const setFileRole = (at: PairPlaces, from: readonly (FileRole | 'none')[], to: FileRole): Command =>
  asKeeper(
    at,
    sh`path=${fileRolePath(at)}; to=${to}
now=$(cat -- "$path" 2>/dev/null); now=\${now:-none}
if [ "$now" != "$to" ]; then
  case " ${from} " in *" $now "*) ;; *) printf '%s\n' "$now"; exit ${otherFileRole} ;; esac
  install -d -m 0755 -- ${at.state} ${pairDirectory(at)} && printf '%s\n' "$to" >"$path.new" && sync -- "$path.new" &&
    mv -fT -- "$path.new" "$path" && sync -- ${pairDirectory(at)}
fi`,
  )

/** Takes the role away where it is this one. */
export const removeFileRole = (at: PairPlaces, role: FileRole): Command =>
  asKeeper(
    at,
    sh`path=${fileRolePath(at)}
[ "$(cat -- "$path" 2>/dev/null)" != ${role} ] || rm -f -- "$path"
rmdir -- ${pairDirectory(at)} 2>/dev/null || true`,
  )
