import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { moveExitCodes } from '@/lib/commands/move-directory'
import type { TablespacePlan } from '@/lib/domain/tablespace-plan'

/**
 * A tablespace is a directory that stays where it is; what PostgreSQL keeps in it (`PG_…`, documentation 73.1) is moved within it, and
 * nothing else there is touched. `part` holds the old content while it is on its way, `aside` when all of it is there: so each of
 * these can be cut off anywhere and begun again, in either direction.
 */
const movers = sh`all() { for f in "$1"/PG_*; do [ -e "$f" ] || continue
[ ! -e "$2/\${f##*/}" ] || exit ${moveExitCodes.taken}
[ "$(stat -c %d -- "$f")" = "$(stat -c %d -- "$2")" ] || exit ${moveExitCodes.otherFileSystem}
mv -T -- "$f" "$2/\${f##*/}" || exit 1; done; }
room() { [ -d "$1" ] || mkdir -m 0700 -- "$1" || exit 1; }`

const values = ({ location, aside, copy }: TablespacePlan) =>
  sh`location=${location}; aside=${aside}; part=${`${aside}-part`}; copy=${copy}`

/** Puts the old content aside and gives the copy's its place; `link`, in the copied data, then leads there. */
export const placeTablespace = (plan: TablespacePlan, link: string): Command =>
  asDatabaseOwner(sh`${movers}
${values(plan)}
if [ ! -d "$aside" ]; then room "$part"; all "$location" "$part"; mv -T -- "$part" "$aside" || exit 1; fi
ln -sfn -- "$location" ${link} || exit 1
if [ -d "$copy" ]; then all "$copy" "$location"; rmdir -- "$copy" || exit 1; fi
sync -- "$location"`)

/** The way back; does nothing where nothing was begun. */
export const bringTablespaceBack = (plan: TablespacePlan, link: string): Command =>
  asDatabaseOwner(sh`${movers}
${values(plan)}
if [ -d "$aside" ]; then room "$copy"; all "$location" "$copy"; mv -T -- "$aside" "$part" || exit 1; fi
if [ -d "$part" ]; then all "$part" "$location"; rmdir -- "$part" || exit 1; fi
if [ -L ${link} ] && [ -d "$copy" ]; then ln -sfn -- "$copy" ${link} || exit 1; fi
sync -- "$location"`)

/** Exit code 0 when the copy has its place and the old content is aside. */
export const findTablespacePlaced = (plan: TablespacePlan, link: string): Command =>
  asDatabaseOwner(sh`${values(plan)}
[ -d "$aside" ] && [ ! -d "$copy" ] && [ "$(readlink -- ${link})" = "$location" ]`)
