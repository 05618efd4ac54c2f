/**
 * Programs of a host that lives in a folder: what the real ones do to files, and nothing else. `$ROOT` is the host's
 * folder, `$PEER` the other host’s. A unit is a folder in `$ROOT/.units` with the files `active` and `enabled`, with `sticky`
 * where something starts it again at once, with `bound-to-UNIT` where it stops with that one, and with `lingers` where its stop leaves a
 * process behind, which is the file `left` then.
 */
const systemctl = `units=$ROOT/.units
verb=$1; shift
case $verb in
  daemon-reload) exit 0 ;;
  show)
    property=$2; unit=$5
    if [ "$property" = ControlGroup ]; then
      if [ -e "$units/$unit/active" ] || [ -e "$units/$unit/left" ]; then echo "/system.slice/$unit"; else echo; fi
      exit 0
    fi
    [ -d "$units/$unit" ] || { [ "$property" = LoadState ] && echo not-found || echo inactive; exit 0; }
    if [ "$property" = LoadState ]; then echo loaded; elif [ -e "$units/$unit/active" ]; then echo active; else echo inactive; fi ;;
  is-enabled)
    [ -d "$units/$2" ] || exit 1
    if [ -e "$units/$2/enabled" ]; then echo enabled; else echo disabled; exit 1; fi ;;
  enable) : >"$units/$2/enabled" ;;
  disable) rm -f "$units/$2/enabled" ;;
  stop)
    hung=$ROOT/var/lib/postgresql/15/main/postmaster.pid
    if [ "$2" = postgresql@15-main.service ] && [ -e "$hung" ]; then
      postmaster=$(cat "$hung")
      kill -s INT "$postmaster" 2>/dev/null
      while [ -e "/proc/$postmaster/exe" ]; do sleep 0.05; done
      rm -f "$hung"
    fi
    [ ! -e "$units/$2/active" ] || [ ! -e "$units/$2/lingers" ] || : >"$units/$2/left"
    [ -e "$units/$2/sticky" ] || rm -f "$units/$2/active"
    for bound in "$units"/*/bound-to-"$2"; do [ ! -e "$bound" ] || rm -f "\${bound%/*}/active"; done ;;
  kill) rm -f "$units/$2/active" "$units/$2/left" ;;
  restart)
    [ "$1" != --no-block ] || shift
    systemctl stop -- "$2" && systemctl start -- "$2" ;;
  start)
    if [ "$2" = postgresql@15-main.service ]; then
      data=$ROOT/var/lib/postgresql/15/main
      [ -e "$data/global/pg_control" ] || exit 1
      if [ -e "$data/standby.signal" ]; then echo standby; else echo primary; fi >"$data/role"
      rm -f "$data/pending" "$data/postmaster.pid"
    fi
    : >"$units/$2/active" ;;
esac`

/** A server in the copy of a drill: the file \`running\` in its data says how far it is. */
const pgCtlOfCopy = `data=$2 log=
while [ $# -gt 1 ]; do [ "$1" != -l ] || log=$2; shift; done
case $1 in
  status) [ -e "$data/running" ] || exit 3 ;;
  start)
    if [ -e "$ROOT/.fail-recovery" ]; then echo 'PANIC:  could not locate a valid checkpoint record' >"$log"; exit 1; fi
    [ -e "$data/backup_label" ] && [ -e "$data/global/pg_control" ] && grep -q "^listen_addresses = ''" "$data/postgresql.conf" || exit 1
    echo started >"$log"
    if [ -e "$data/standby.signal" ]; then echo recovering; else echo primary; fi >"$data/running" ;;
  promote)
    [ "$(cat "$data/running" 2>/dev/null)" = recovering ] || exit 1
    rm -f "$data/standby.signal"; echo primary >"$data/running" ;;
  stop) rm -f "$data/running" ;;
esac`

const pgCtl = `case $2 in *-drill/data) ${pgCtlOfCopy}; exit ;; esac
[ "$3" = status ] || exit 64
[ -d "$2" ] && [ -e "$ROOT/.units/postgresql@15-main.service/active" ] || exit 3
[ ! -e "$2/postmaster.pid" ] || [ -e "/proc/$(cat "$2/postmaster.pid")/exe" ] || exit 3`

const pgControldata = `. "$2/global/pg_control" || exit 1
state='in production'
[ -e "$ROOT/.units/postgresql@15-main.service/active" ] || state='shut down'
echo "Database system identifier:           $identifier"
echo "Database cluster state:               $state"
echo "Latest checkpoint location:           $lsn"
echo "Latest checkpoint's TimeLineID:       $timeline"`

/** Copies a server's data as a base backup does: without what tells of a running one. By a socket it is the host's own server. */
const pgBasebackup = `[ ! -s "$ROOT/.fail-backup" ] || { cat "$ROOT/.fail-backup" >&2; exit 1; }
[ ! -e "$ROOT/.fail-backup" ] || { echo 'could not connect' >&2; exit 1; }
while [ -e "$ROOT/.slow-backup" ]; do sleep 0.1; done
source=$PEER
case "$*" in *host="$ROOT"/*) source=$ROOT ;; esac
[ -e "$source/.units/postgresql@15-main.service/active" ] || { echo 'could not connect' >&2; exit 1; }
mkdir -- "$2" && cp -R "$source/var/lib/postgresql/15/main/." "$2" && rm -f "$2/role" "$2/pending"
data=$2
[ "$source" = "$PEER" ] || echo label >"$data/backup_label"
while [ $# -gt 0 ]; do
  if [ "$1" = -T ]; then
    from=\${2%%=*} to=\${2#*=}
    mkdir -- "$to" && cp -R "$source\${from#"$ROOT"}"/PG_* "$to" && ln -sfn "$to" "$data/pg_tblspc/16400" || exit 1
  fi
  shift
done`

const pgIsready = `hung=$PEER/var/lib/postgresql/15/main/postmaster.pid
[ ! -e "$PEER/.unplugged" ] && [ -e "$PEER/.units/postgresql@15-main.service/active" ] || exit 2
[ ! -e "$hung" ] || [ -e "/proc/$(cat "$hung")/exe" ] || exit 2`

/** Lets the standby's key in when the primary has authorised it, and refuses its command as \`understudy-send\` does. */
const ssh = `[ ! -e "$PEER/.unplugged" ] || exit 255
while [ "$1" != -i ]; do shift; done
key=$(cat "$2.pub" 2>/dev/null) || exit 255
grep -qF -- "$key" "$PEER/home/operator/.ssh/authorized_keys" 2>/dev/null || exit 255
echo 'understudy-send: not-allowed: true' >&2
exit 1`

const sshKeygen = `while [ "$1" != -f ]; do shift; done
echo private >"$2"; echo 'ssh-ed25519 AAAAfolder understudy-ledger' >"$2.pub"`

/** One copy of a directory, with the records that the real program leaves. */
const understudySync = `[ ! -e "$ROOT/.no-runner" ] || exit 2
slug=$1 id=$2
path=$(sed -n 's/^path=//p' "$ROOT/etc/understudy/$slug/directories/$id.conf") || exit 1
runs=$ROOT/var/lib/understudy/$slug/runs
mkdir -p "$runs" "$ROOT$path"
at=2026-11-23T03:00:00Z result=ok exit=0 reason=
if [ -e "$PEER/.unplugged" ] || [ ! -e "$PEER$path/.understudy-source" ]; then result=failed-source exit=1 reason='the source has no mark'; fi
[ $exit != 0 ] || cp -R "$PEER$path/." "$ROOT$path" || exit 1
record="{\\"start\\":\\"$at\\",\\"end\\":\\"$at\\",\\"exit\\":$exit,\\"result\\":\\"$result\\",\\"files\\":2,\\"bytes\\":10,\\"deletions\\":0,\\"failures\\":0,\\"reason\\":\\"$reason\\"}"
echo "$record" >"$runs/$id.last"
[ $exit != 0 ] || echo "$record" >"$runs/$id.good"
exit $exit`

/**
 * Packages of the system: lines `name<TAB>version` in `$ROOT/.packages`. Each that is installed brings `NAME-common` with it;
 * `dpkg --purge` refuses what `$ROOT/.needed` names.
 */
const dpkgQuery = `sort "$ROOT/.packages" | sed 's/^/ii \\t/'`
const aptGet = `[ ! -e "$ROOT/.fail-packages" ] || { echo 'E: no space left' >&2; exit 100; }
while [ "$1" != -- ]; do shift; done
shift
for target; do
  name=\${target%%=*} version=\${target#*=}
  for each in "$name" "$name-common"; do
    grep -q "^$each	" "$ROOT/.packages" || printf '%s\\t%s\\n' "$each" "$version" >>"$ROOT/.packages"
  done
  echo "Setting up $name ($version)"
done
sort -o "$ROOT/.packages" "$ROOT/.packages"`
const dpkg = `[ "$1" = --purge ] || exit 0
shift 2
for name; do ! grep -qxF "$name" "$ROOT/.needed" 2>/dev/null || { echo "dependency problems: $name" >&2; exit 1; }; done
for name; do sed -i "/^$name	/d" "$ROOT/.packages"; done`

/**
 * A run that keeps the packages, with the record that the real program leaves: the primary's list, and of what is missing those that standard
 * input names where it is a run that somebody waits for; `$ROOT/.fail-install` names one that no source has.
 */
const understudyPackages = `slug=$1 state=$ROOT/var/lib/understudy/$1/packages at=2026-11-23T03:00:00Z
[ -e "$ROOT/etc/understudy/$slug/packages.conf" ] || exit 2
mkdir -p "$state" "$ROOT/var/log/ledger"
result=ok exit=0 reason= installed=0
if [ -e "$PEER/.unplugged" ] || [ ! -e "$PEER/etc/understudy/$slug/send-packages.conf" ]; then
  result=failed-connection exit=1 reason='the primary does not answer'
else
  tr '\\t' = <"$PEER/.packages" >"$ROOT/var/log/ledger/deb_packages_primary.txt"
  while IFS='	' read -r _ name version; do
    grep -q "^$name	" "$PEER/.packages" && ! grep -q "^$name	" "$ROOT/.packages" || continue
    ! grep -qxF "$name" "$ROOT/.fail-install" 2>/dev/null || { echo "E: Unable to locate package $name"; continue; }
    printf '%s\\t%s\\n' "$name" "$version" >>"$ROOT/.packages"
    installed=$((installed + 1))
    echo "Setting up $name ($version)"
  done
  sort -o "$ROOT/.packages" "$ROOT/.packages"
fi
record="{\\"start\\":\\"$at\\",\\"end\\":\\"$at\\",\\"exit\\":$exit,\\"result\\":\\"$result\\",\\"listed\\":2,\\"missing\\":0,\\"other\\":0,\\"installed\\":$installed,\\"failures\\":0,\\"reason\\":\\"$reason\\"}"
echo "$record" >"$state/run.last"
[ $exit != 0 ] || echo "$record" >"$state/run.good"
exit $exit`

/** Tables that crontab(1) keeps, as Debian's cron has them: `crontab [-u USER] -l | -r | FILE`. */
const crontab = `user=$(cat "$ROOT/.user" 2>/dev/null || echo root)
[ "$1" != -u ] || { user=$2; shift 2; }
table=$ROOT/var/spool/cron/crontabs/$user
case $1 in
  -l) [ -e "$table" ] || { echo "no crontab for $user" >&2; exit 1; }; cat "$table" ;;
  -r) rm -f "$table" ;;
  *) mkdir -p "\${table%/*}"; cat "$1" >"$table" ;;
esac`

const nothing = 'exit 0'

export const folderPrograms: Readonly<Record<string, string>> = {
  '.bin/systemctl': systemctl,
  '.bin/crontab': crontab,
  '.bin/ssh': ssh,
  '.bin/ssh-keygen': sshKeygen,
  '.bin/understudy-packages': understudyPackages,
  '.bin/understudy-sync': understudySync,
  '.bin/getent': 'echo "$3:x:0:0::$ROOT/home/$3:/bin/sh"',
  '.bin/dpkg-query': dpkgQuery,
  '.bin/apt-get': aptGet,
  '.bin/dpkg': dpkg,
  '.bin/pgrep': '[ ! -e "$ROOT/.no-cron" ]',
  '.bin/pkill': nothing,
  // Whether anything accepts connections at the peer's port of PostgreSQL, which the real one asks by /dev/tcp.
  '.bin/bash': pgIsready,
  '.bin/ip': nothing,
  // The file system of the test can't share blocks.
  '.bin/cp': `for each; do shift; [ "$each" != --reflink=always ] || each=--reflink=auto; set -- "$@" "$each"; done
exec /bin/cp "$@"`,
  '.bin/timeout': 'shift; exec "$@"',
  '.bin/chown': nothing,
  '.bin/sync': nothing,
  'usr/lib/postgresql/15/bin/pg_amcheck':
    'cat "$ROOT/.amcheck-says" 2>/dev/null; exit "$(cat "$ROOT/.amcheck-ends" 2>/dev/null || echo 0)"',
  'usr/lib/postgresql/15/bin/pg_ctl': pgCtl,
  'usr/lib/postgresql/15/bin/pg_controldata': pgControldata,
  'usr/lib/postgresql/15/bin/pg_basebackup': pgBasebackup,
  'usr/lib/postgresql/15/bin/pg_isready': pgIsready,
}
