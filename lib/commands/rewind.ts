import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { buildConninfo } from '@/lib/commands/conninfo'
import { type SqlStatement, sql, sqlIdentifier, sqlLiteral } from '@/lib/commands/sql'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'

/** The role by which pg_rewind reads the primary; it lives no longer than the rewind. */
export const rewindRole = 'understudy_rewind'

/** All that a role needs to be pg_rewind's source (PostgreSQL documentation, pg_rewind, Notes). */
const readers = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_stat_file(text, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
]

/** Makes the role, or gives it this password where it is there. `verifier`: what PostgreSQL stores for the password. */
export function makeRewindRole(verifier: string, comment: string): SqlStatement {
  const role = sqlIdentifier(rewindRole)
  const build = (password: string) =>
    `do $understudy$ begin
  if not exists (select from pg_roles where rolname = ${sqlLiteral(rewindRole)}) then create role ${role}; end if;
  alter role ${role} login password ${password};
  comment on role ${role} is ${sqlLiteral(comment)};
${readers.map((reader) => `  grant execute on function pg_catalog.${reader} to ${role};\n`).join('')}end $understudy$`
  return {
    text: build(sqlLiteral(verifier)),
    preview: build("'SCRAM-SHA-256$… (of a random password)'"),
  }
}

/** Takes the role away with all that was granted to it. */
export const dropRewindRole: SqlStatement = sql(`do $understudy$ begin
  if exists (select from pg_roles where rolname = ${sqlLiteral(rewindRole)}) then
    drop owned by ${sqlIdentifier(rewindRole)};
    drop role ${sqlIdentifier(rewindRole)};
  end if;
end $understudy$`)

/** Where what a rewind discards is kept, and what it needs meanwhile. */
export const divergedPlaces = (diverged: string) => ({
  /** Written last: all that is discarded is there. */
  kept: `${diverged}/kept`,
  /** Written before the first byte of the data is changed. */
  begun: `${diverged}/begun`,
  /** Written when the data are the primary's, with their own configuration. */
  rewound: `${diverged}/rewound`,
  summary: `${diverged}/summary`,
  passfile: `${diverged}/pgpass`,
})

const segmentName = (timeline: number, lsn: string, segmentBytes: number): string => {
  const [high = '0', low = '0'] = lsn.split('/')
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0')
  return (
    hex(timeline) + hex(Number.parseInt(high, 16)) + hex(Math.floor(Number.parseInt(low, 16) / segmentBytes))
  )
}

/** How many relations the summary names at most. */
const relationsMax = 200

/** Counts transactions and changed relations of pg_waldump's lines. */
const counter = `/desc: COMMIT/ { commits++; last = $0; sub(/.*desc: COMMIT /, "", last); sub(/;.*/, "", last); if (first == "") first = last }
/desc: ABORT/ { aborts++ }
/^rmgr: Heap/ && match($0, /rel [0-9]+\\/[0-9]+\\/[0-9]+/) { rel = substr($0, RSTART + 4, RLENGTH - 4); if (!(rel in changes)) many++; changes[rel]++ }
END { printf "commits=%d\\naborts=%d\\nfirst=%s\\nlast=%s\\nrelations=%d\\n", commits, aborts, first, last, many
  for (rel in changes) if (named++ < ${relationsMax}) printf "rel=%s %d\\n", rel, changes[rel] }`

/**
 * Keeps what a rewind discards in a directory beside the data: the WAL from `from` on of its timeline, a summary of what stands in it, and the
 * configuration, which a rewind overwrites. Nothing is done where it is kept already.
 */
export function keepDiverged(given: {
  layout: Pick<PostgresLayout, 'dataDirectory' | 'binDirectory' | 'walSegmentBytes'>
  diverged: string
  timeline: number
  from: string
}): Command {
  const { layout, diverged, timeline, from } = given
  const places = divergedPlaces(diverged)
  const first = segmentName(timeline, from, layout.walSegmentBytes)
  return asDatabaseOwner(sh`d=${layout.dataDirectory}; k=${diverged}
[ ! -e ${places.kept} ] || exit 0
umask 077; rm -rf -- "$k/conf" "$k/pg_wal"; mkdir -p -- "$k/conf" "$k/pg_wal" || exit 1
for f in "$d"/*.conf "$d"/conf.d "$d"/*.crt "$d"/*.key "$d"/*.pem; do [ ! -e "$f" ] || cp -a -- "$f" "$k/conf/" || exit 1; done
for f in "$d"/pg_wal/*; do
  name=\${f##*/}
  case $name in ${{ ...sh``, text: first.slice(0, 8) }}????????????????) ;; *.history) cp -a -- "$f" "$k/pg_wal/" || exit 1; continue ;; *) continue ;; esac
  expr "x$name" '<' ${`x${first}`} >/dev/null || cp -a --reflink=auto -- "$f" "$k/pg_wal/" || exit 1
done
{ echo ${`from=${from}`}; ${`${layout.binDirectory}/pg_waldump`} -p "$d/pg_wal" -t ${timeline} -s ${from} 2>/dev/null | awk ${counter}; } >${`${places.summary}.new`} || exit 1
mv -fT -- ${`${places.summary}.new`} ${places.summary} && sync -- "$k"/pg_wal/* ${places.summary} && : >${places.kept} && sync -- "$k"`)
}

/** How pg_rewind reaches the primary. */
export const rewindConninfo = (given: {
  address: string
  port: number
  passfile: string
  isTls: boolean
}): string =>
  buildConninfo({
    host: given.address,
    port: given.port,
    user: rewindRole,
    dbname: 'postgres',
    passfile: given.passfile,
    sslmode: given.isTls ? 'require' : 'prefer',
    connect_timeout: 10,
    keepalives_idle: 10,
    keepalives_interval: 5,
    keepalives_count: 4,
  })

/**
 * The rewind itself, to be run as a job. A server that did not stop cleanly recovers first in single-user mode, which refuses standby.signal
 * (postgres, documentation); nobody can connect to it then. While the data are neither the old nor the new ones there is no
 * standby.signal, and nothing that starts PostgreSQL. Logs that PostgreSQL keeps among its data stay the host's own. Exit code 65: an earlier one was broken off.
 */
export function rewindData(given: {
  layout: Pick<PostgresLayout, 'dataDirectory' | 'binDirectory' | 'configFile'>
  diverged: string
  conninfo: string
  signal: string
}): Command {
  const { layout, diverged, conninfo, signal } = given
  const places = divergedPlaces(diverged)
  const b = layout.binDirectory
  const config = `config_file=${layout.configFile}`
  return asDatabaseOwner(sh`d=${layout.dataDirectory}; k=${diverged}
[ ! -e ${places.rewound} ] || exit 0
[ -e ${places.kept} ] || { echo 'what is discarded is not kept yet'; exit 66; }
[ ! -e ${places.begun} ] || { echo 'an earlier rewind was broken off'; exit 65; }
umask 077
rm -f -- "$d/standby.signal"
state=$(LC_ALL=C ${`${b}/pg_controldata`} -D "$d" | sed -n 's/^Database cluster state: *//p')
case $state in
  'shut down' | 'shut down in recovery') ;;
  *) echo "The server did not stop cleanly ($state): it recovers first."
     ${`${b}/postgres`} --single -D "$d" -c ${config} template1 </dev/null || exit 1 ;;
esac
: >${places.begun} && sync -- ${places.begun} "$k" || exit 1
for l in log pg_log; do [ ! -d "$d/$l" ] || [ -L "$d/$l" ] || [ -e "$k/$l" ] || mv -- "$d/$l" "$k/$l" || exit 1; done
${`${b}/pg_rewind`} -D "$d" --source-server=${conninfo} --progress || exit 1
cp -a -- "$k/conf/." "$d/" || exit 1
for l in log pg_log; do [ ! -e "$k/$l" ] || { rm -rf -- "$d/$l" && mv -- "$k/$l" "$d/$l"; } || exit 1; done
printf '%s\\n' ${signal} >"$d/standby.signal" && sync -- "$d/standby.signal" "$d" && : >${places.rewound} && sync -- "$k"`)
}

/** How far a rewind has come: the names of the marks that are there. */
export const findRewind = (diverged: string): Command => {
  const { kept, begun, rewound } = divergedPlaces(diverged)
  return asDatabaseOwner(
    sh`for f in ${[kept, begun, rewound]}; do [ ! -e "$f" ] || printf '%s\n' "\${f##*/}"; done`,
  )
}

export const readSummary = (diverged: string): Command =>
  asDatabaseOwner(sh`cat -- ${divergedPlaces(diverged).summary}`)

export const removeRewindPassfile = (diverged: string): Command =>
  asDatabaseOwner(sh`rm -f -- ${divergedPlaces(diverged).passfile}`)

/** Before a rewind begun nothing of the data was changed: what was kept of it for that is not needed. */
export const removeDiverged = (diverged: string): Command =>
  asDatabaseOwner(sh`[ -e ${divergedPlaces(diverged).begun} ] || rm -rf -- ${diverged}`)
