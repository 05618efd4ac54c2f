import {
  type Kit,
  type KitStep,
  kitDirectory,
  kitIdentifierPath,
  kitRecordPath,
} from '@/lib/commands/break-glass/kit'
import { quote } from '@/lib/commands/command'
import { fileRolePath } from '@/lib/domain/sync-names'

/** What must be so before anything is done; of a pair with its database. */
const databaseChecks = ({ database, standby, primary }: Kit): string =>
  database === null
    ? ''
    : `
sql() { as_owner "$bin/psql" -XAtq -v ON_ERROR_STOP=1 -h "$socket" -p "$port" -d postgres -c "$1"; }
primary_answers() {
  "$bin/pg_isready" -q -h "$primary_address" -p "$primary_port" -t 3
  case $? in 0 | 1) return 0 ;; *) return 1 ;; esac
}

state=$(sql 'select pg_is_in_recovery()') ||
  stop "PostgreSQL on ${standby.name} does not answer" "start it as RUNBOOK.md says"
[ "$(sql 'select system_identifier from pg_control_system()')" = "$(cat "$identifier_file")" ] ||
  stop "the data here are not those of the pair" "find out who changed them"
[ "$state" = t ] || stop "${standby.name} accepts writes already" "there is nothing to promote"
say "${standby.name} is a standby of ${primary.name}, replayed up to $(sql 'select pg_last_wal_replay_lsn()')"
`

/** The same where only files are kept: the host itself says what it is. */
const fileChecks = ({ database, standby, places }: Kit): string =>
  database !== null
    ? ''
    : `
role_file=${quote(fileRolePath(places))}
primary_answers() { ssh-keyscan -T 3 -p "$ssh_port" "$primary_address" 2>/dev/null | grep -q .; }
[ "$(cat "$role_file" 2>/dev/null)" = standby ] ||
  stop "${standby.name} does not say that it is the standby of the files" "find out which host the application uses"
`

const promotion = ({ database, standby }: Kit): string =>
  database === null
    ? `
say "Makes ${standby.name} the primary of the files"
printf 'primary\\n' >"$role_file.new"
mv -f -- "$role_file.new" "$role_file" || stop "its role could not be written" "look at $role_file"
promoted=files
`
    : `
say "Promotes ${standby.name}"
tries=0
# A signal that comes right after the stream's loss can be missed for seconds: it is sent again until recovery has ended.
until [ "$(sql 'select case when pg_is_in_recovery() then pg_promote(false) end is null')" = t ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 1200 ] || stop "recovery has not ended within 2 min" "look into the log of PostgreSQL"
  sleep 0.1
done
sql "do \\$\\$ begin create schema if not exists understudy;
  create table if not exists understudy.promotions (operation text primary key, promoted_at timestamptz not null default now());
  insert into understudy.promotions (operation) values ('break-glass ' || now()::text) on conflict do nothing; end \\$\\$" ||
  stop "no row can be written" "look into the log of PostgreSQL"
# Until a checkpoint the new timeline stands in no control file.
promoted="timeline $(sql "select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int"), $(sql 'select pg_current_wal_lsn()')"
`

/** Ends a command of a step; none has a line like it. */
const mark = 'END-OF-THE-COMMAND'

const stepLine = ({ title, command, patienceSeconds = 0, mayFail }: KitStep): string => {
  if (command.text.split('\n').includes(mark)) throw new RangeError(`a command has a line ${mark}`)
  const who = command.as === 'database-owner' ? 'as_owner' : 'as_keeper'
  const then = mayFail
    ? `say ${quote(`NOT DONE: ${title}`)}`
    : `stop ${quote(`this failed: ${title}`)} 'mend it, then run this script again with --go-on'`
  return `say ${quote(title)}
command=$(
  cat <<'${mark}'
${command.text}
${mark}
)
patiently ${patienceSeconds} ${who} sh -c "$command" || ${then}`
}

const constants = (kit: Kit): string => {
  const { database, places, primary, standby } = kit
  const values: Readonly<Record<string, string>> = {
    pair: places.slug,
    record: kitRecordPath(places),
    log: `${kitDirectory(places)}/promote.log`,
    machine_id: standby.machineId ?? '',
    primary_address: primary.address,
    ...(database === null
      ? { ssh_port: String(primary.sshPort) }
      : {
          primary_port: String(database.primaryPort),
          ...(places.keeper === 'root' && { owner: database.osUser }),
          bin: database.binDirectory,
          socket: database.socketDirectory,
          port: String(database.port),
          identifier_file: kitIdentifierPath(places),
        }),
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join('\n')
}

const asOwner = ({ database, places }: Kit): string =>
  database === null
    ? ''
    : places.keeper === 'root'
      ? 'as_owner() { (cd / && runuser -u "$owner" -- "$@"); }'
      : 'as_owner() { (cd / && "$@"); }'

/**
 * `promote.sh`: promotes the standby without the dashboard and without the network. POSIX shell. It refuses while the primary answers,
 * unless that is overridden twice in one call; it leaves a record that the dashboard reads when it is back. Run again with
 * `--go-on` it does what comes after the promotion.
 */
export function buildPromoteScript(kit: Kit): string {
  const { standby, primary, places, stopSync, serve } = kit
  const user = places.keeper === 'root' ? 'root' : places.owner.replace(/:.*$/, '')
  return `#!/bin/sh
# Promotes ${standby.name}, the standby of the pair ${places.slug}, without the dashboard. Read RUNBOOK.md beside it first.
# Understudy writes it anew with every operation on the pair.
# promote.sh --reason TEXT [--check] [--go-on] [--primary-answers --primary-answers]
set -u
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
${constants(kit)}

say() { printf '%s %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" | tee -a "$log"; }
stop() {
  say "STOPPED: $1; $2."
  exit 1
}
as_keeper() { (cd / && "$@"); }
${asOwner(kit)}
# What a service needs to come up is waited for: patiently SECONDS COMMAND...
patiently() {
  left=$1
  shift
  until "$@"; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    sleep 1
  done
}

reason='' overrides=0 only_check=no goes_on=no
while [ $# -gt 0 ]; do
  case $1 in
  --reason)
    reason=\${2-}
    shift
    ;;
  --primary-answers) overrides=$((overrides + 1)) ;;
  --check) only_check=yes ;;
  --go-on) goes_on=yes ;;
  *)
    echo "promote.sh --reason TEXT [--check] [--go-on] [--primary-answers --primary-answers]" >&2
    exit 2
    ;;
  esac
  shift
done
[ "$(id -un)" = ${quote(user)} ] || { echo "Run it as ${user}." >&2; exit 2; }
[ "$only_check" = yes ] || [ -n "$reason" ] || { echo "Say why: --reason TEXT" >&2; exit 2; }
[ -z "$machine_id" ] || [ "$(cat /etc/machine-id)" = "$machine_id" ] || stop "this is not ${standby.name}" "run it there"

if [ "$goes_on" = no ]; then
${databaseChecks(kit)}${fileChecks(kit)}
answered=no
if primary_answers; then
  answered=yes
  say "${primary.name} ($primary_address) ANSWERS: two primaries would be the end of both"
  [ "$overrides" -ge 2 ] ||
    stop "the primary answers" "stop it as RUNBOOK.md says; only then, if it still answers, give --primary-answers twice"
else
  say "${primary.name} ($primary_address) does not answer"
fi
[ "$only_check" = no ] || { say "Nothing was done: --check"; exit 0; }

${stopSync.map(stepLine).join('\n')}
${promotion(kit)}
{
  printf 'at=%s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  printf 'by=%s\\n' "\${SUDO_USER:-$(id -un)}"
  printf 'reason=%s\\n' "$(printf '%s' "$reason" | tr '\\n' ' ')"
  printf 'pair=%s\\n' "$pair"
  printf 'primary_answered=%s\\n' "$answered"
  printf 'promoted=%s\\n' "$promoted"
} >"$record.new"
mv -f -- "$record.new" "$record" || say "NOT DONE: the record for the dashboard"
fi

${serve.map(stepLine).join('\n')}
say "${standby.name} is the primary. ${primary.name} must not be used until it is fenced: see RUNBOOK.md."
`
}
