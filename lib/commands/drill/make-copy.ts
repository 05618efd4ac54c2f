import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import type { DrillPlaces } from '@/lib/domain/drill-places'

/** Of these only the directories themselves are needed, as a base backup has them too (PostgreSQL documentation 55.4, BASE_BACKUP). */
const emptied = [
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]

/**
 * Shell functions. `tree FROM TO`: the directories and files below FROM, but for what is of the running server alone, and for WAL, links and
 * pg_control, which are copied apart. Files go a hundred at a time, and one by one where that fails: one that is gone by then was dropped
 * meanwhile, and the WAL says so too.
 */
const copier = sh`left='-name pgsql_tmp* -o -name .understudy-* -o -path ./pg_replslot -o -path ./pg_dynshmem -o -path ./pg_notify -o -path ./pg_serial -o -path ./pg_snapshots -o -path ./pg_stat_tmp -o -path ./pg_subtrans -o -path ./pg_wal -o -path ./pg_tblspc -o -path ./log -o -path ./pg_log'
own='! -path ./global/pg_control ! -path ./postmaster.* ! -path ./backup_label* ! -path ./tablespace_map* ! -path ./*.signal'
batch='cp --parents --reflink=$how -t "$0" -- "$@" 2>/dev/null && exit 0
for f; do cp --parents --reflink=$how -t "$0" -- "$f" 2>/dev/null || [ ! -e "$f" ] || { echo "could not be copied: $f" >&2; exit 255; }; done'
files() { xargs -0 -r -n 100 sh -c "$batch" "$1"; }
tree() { ( set -f; cd -- "$1" || exit 1
find . \\( $left \\) -prune -o -type d -print0 | ( cd -- "$2" && xargs -0 -r mkdir -p -- ) || exit 1
find . \\( $left \\) -prune -o -type f $own -print0 | files "$2" ) || exit 1; }
export how`

/** A tablespace, in the directory that PostgreSQL of this major version has in its location, and the link to it in the copy. */
const cloneTablespace = (
  { location, copy, oid }: DrillPlaces['tablespaces'][number],
  data: string,
  major: number,
): Command => sh`
mkdir -p -- ${copy} && ln -s -- ${copy} ${`${data}/pg_tblspc/${oid}`} || exit 1
for v in ${location}/PG_${major}_*; do mkdir -p -- ${copy}/"\${v##*/}" && tree "$v" ${copy}/"\${v##*/}" || exit 1; done`

/**
 * Copies the running standby's data by sharing their blocks, between pg_backup_start and pg_backup_stop in a session of ours. pg_control is the
 * last of the data, for on a standby it says how far recovery has to go until the copy is consistent (PostgreSQL documentation
 * 26.3.4; basebackup.c has this order too), and the WAL that this needs comes after it.
 */
export function cloneData(given: {
  readonly dataDirectory: string
  readonly places: DrillPlaces
  readonly major: number
}): Command {
  const { dataDirectory, places, major } = given
  const { data } = places
  const directories = [...emptied, 'pg_wal/archive_status', 'pg_tblspc'].map((name) => `${data}/${name}`)
  const tablespaces = places.tablespaces.reduce(
    (all, each) => sh`${all}${cloneTablespace(each, data, major)}`,
    sh``,
  )
  return asDatabaseOwner(sh`umask 077
${copier}
d=${dataDirectory}; t=${data}; how=always
mkdir -p -- ${directories} || exit 1
tree "$d" "$t"${tablespaces}
cp --reflink=always -- "$d/global/pg_control" "$t/global/pg_control" || exit 1
how=auto
cd -- "$d/pg_wal" && find . -maxdepth 1 -type f -regextype posix-extended -regex './([0-9A-F]{24}|[0-9A-F]{8}\\.history)' -print0 | files "$t/pg_wal"`)
}

/** What the job that copies leaves in the drill's directory once all is copied: `ms=` and `bytes=` of the copy as its files are. */
const copiedPath = ({ root }: Pick<DrillPlaces, 'root'>): string => `${root}/copied`

/** A copy as a job: it measures itself, on the host and by the host's own clock. */
export const timedCopy = (places: DrillPlaces, copy: Command): Command =>
  asDatabaseOwner(sh`begun=$(date +%s%N)
( ${copy} ) || exit
ended=$(date +%s%N)
bytes=$(du -scb -- ${[places.data, ...places.tablespaces.map((each) => each.copy)]} | tail -n 1 | cut -f1) || exit 1
printf 'ms=%s\nbytes=%s\n' "$(((ended - begun) / 1000000))" "$bytes" > ${copiedPath(places)}`)

/** Prints what `timedCopy` has left; nothing before that. */
export const readCopied = (places: DrillPlaces): Command =>
  asDatabaseOwner(sh`cat -- ${copiedPath(places)} 2>/dev/null; true`)
