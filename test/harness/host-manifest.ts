import type { LabHost } from '@/lab/lab-host'
import type { LayoutName } from '@/lab/layouts'

/** Every fact of a host that a test compares: what it is about, e.g. `content of /etc/passwd`, and what it says. */
export type Manifest = ReadonlyMap<string, string>

/** What may differ though an operation was taken back, and why that is no change of the host. */
const mayDiffer: readonly { readonly what: RegExp; readonly why: string }[] = [
  {
    what: /^(node|content|time) of (\/var\/log|\/opt\/phantom\/var\/log\/phantom)\//,
    why: 'logs tell what happened: of PostgreSQL, the application and each copy, and the transcript',
  },
  {
    what: /^(node|content|time) of \/home\/phantom\/\.understudy(\/state(\/postgresql\.log)?)?$/,
    why: 'the log of a PostgreSQL without a unit, from its start by us until it is started by somebody else',
  },
  {
    what: /^(content|node|time) of \S+\/(postmaster\.(pid|opts)|current_logfiles)$/,
    why: 'PostgreSQL was started anew',
  },
  {
    what: /^time of \S+\/(pg_hba\.conf|postgresql\.auto\.conf|ledger\.service)$/,
    why: 'taken back byte for byte: its mode, owner and content are compared',
  },
  {
    what: /^(content|time) of \/var\/spool\/cron\/crontabs\/phantom$/,
    why: 'begins with the time at which it was installed; its lines are compared',
  },
  {
    what: /^(node|content|time) of (\/srv\/ledger|\/opt\/phantom)\/(vault\/20|(vault\/)?reports\/|var\/run\/)/,
    why: 'the application runs and writes on both hosts',
  },
  {
    what: /^process \S+ +(postgres: |sshd: |sh -s$|perl -MErrno -e use strict; use Socket; |sudo -n )/,
    why: 'our own open connections, and what each server process is doing just now',
  },
]

/**
 * Everything on its disks. Left out is what the kernel shows, what lives until the next boot, and what PostgreSQL writes while it
 * runs. A file may go while this reads: the application works.
 */
const walk = `cd / && find . -xdev \\( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -regex '.*/\\(15/main\\|data/db\\)/\\(base\\|global\\|pg_[a-z]+\\)/.*' \\) -prune -o`

/** What packages brought is told by its size and time; everything else is read. */
const files = `{
${walk} ! -type d -printf 'node of /%P\\t%y %m %U:%G %s %l\\n' -printf 'time of /%P\\t%T@\\n'
${walk} -type d -printf 'node of /%P\\t%y %m %U:%G\\n'
${walk} -path './usr/*' ! -path './usr/local/*' -prune -o -path ./var/lib/dpkg -prune -o -path ./var/cache -prune -o -path ./var/log -prune -o -type f -print0 |
  xargs -0 sha256sum -z | tr '\\0' '\\n' | sed 's,^\\([0-9a-f]*\\)  \\.\\(/.*\\)$,content of \\2\\t\\1,'
} 2>/dev/null`

/** tar(1) tells access lists and extended attributes in lines of their own, behind that of their file. */
const attributes = `cd / && tar --one-file-system --warning=none --acls --xattrs --xattrs-include='*' \\
  --exclude='*/base/*' --exclude='*/global/*' --exclude='*/pg_wal/*' -cf - etc home opt root srv usr/local var/lib/understudy var/spool 2>/dev/null |
  tar --acls --xattrs -tvvf - 2>/dev/null | awk '
    /^  [ax]: / { print "attributes of /" path "\\t" $0; next }
    { path = $0; sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ /, "", path) }'`

/** As crontab(1) tells them: the file itself begins with the time at which it was installed. */
const crontabs = `for user in $(cut -d: -f1 /etc/passwd); do crontab -l -u "$user" 2>/dev/null | sed "s,^,crontab of $user\\t,"; done`

const units = `systemctl list-unit-files --plain --no-legend --no-pager | awk '{ print "unit file " $1 "\\t" $2 " " $3 }'
systemctl list-units --all --plain --no-legend --no-pager --type=service,socket,timer,path,mount |
  awk '{ print "unit " $1 "\\t" $2 " " $3 }'`

/** All but the look itself; asked before anything that goes through the answer is started, for that would be in it. */
const processes = `all=$(ps -eo user:32=,args=)
printf '%s\\n' "$all" | grep -vF 'crontab of $user' | awk '!/ps -eo user:/ { count[$0]++ } END { for (line in count) print "process " line "\\t" count[line] }'`

const server = `
select 'setting ' || name, concat_ws(' ', setting, source, sourcefile, pending_restart) from pg_settings;
select 'rule ' || row_number() over (order by line_number), rules from (select * from pg_hba_file_rules) rules;
select 'file setting ' || sourcefile || ' ' || seqno, concat_ws(' ', name, setting, applied, error) from pg_file_settings;
select 'role ' || rolname, roles from (select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit, rolpassword, rolvaliduntil from pg_authid) roles;
select 'member ' || member::regrole || ' of ' || roleid::regrole, admin_option from pg_auth_members;
select 'setting of role ' || setrole || ' in ' || setdatabase, setconfig from pg_db_role_setting;
select 'comment ' || classoid::regclass || ' ' || objoid, description from pg_shdescription;
select 'database ' || datname, concat_ws(' ', datdba::regrole, datacl, datcollversion, datconnlimit) from pg_database;
select 'tablespace ' || spcname, concat_ws(' ', pg_tablespace_location(oid), spcacl, spcoptions) from pg_tablespace;
select 'slot ' || slot_name, slot_type from pg_replication_slots;
select 'sender ' || pid, application_name from pg_stat_replication;
select 'recovering', pg_is_in_recovery();
select 'identifier', system_identifier from pg_control_system();`

/** Everything that an operation could leave on a host. About 2 s. */
export async function readManifest(host: LabHost): Promise<Manifest> {
  const [onDisk, inServer] = await Promise.all([
    host.exec([files, attributes, crontabs, units, processes].join('\n'), { timeoutMs: 120_000 }),
    host.sql(server),
  ])
  const manifest = new Map<string, string>()
  const put = (line: string, separator: string) => {
    const at = line.indexOf(separator)
    const key = line.slice(0, at)
    const before = manifest.get(key)
    const value = line.slice(at + 1)
    manifest.set(key, before === undefined ? value : `${before}\n${value}`)
  }
  for (const line of onDisk.split('\n')) put(line, '\t')
  for (const line of inServer.split('\n')) put(`server: ${line}`, '|')
  return manifest
}

/** One line for each fact that is not as it was and may not differ. */
export function differences(before: Manifest, after: Manifest): string[] {
  const keys = new Set([...before.keys(), ...after.keys()])
  return [...keys]
    .filter((key) => before.get(key) !== after.get(key) && !mayDiffer.some(({ what }) => what.test(key)))
    .sort()
    .map((key) => `${key}: ${before.get(key) ?? '(none)'} → ${after.get(key) ?? '(none)'}`)
}

/**
 * What a careful operator may have left on a host and an undo by rule of thumb would tidy up: a line that does not end, odd modes,
 * settings of the same names, attributes and access lists.
 */
export async function plantOddities(host: LabHost): Promise<void> {
  const { configuration, homes, vault, directoryOwner } = oddPlaces[host.layoutName]
  const { databaseOwner } = host.layout
  await host.exec(`set -e
for file in ${configuration}/pg_hba.conf ${homes.map((home) => `${home}/.ssh/authorized_keys`).join(' ')}; do
  printf '# the last line does not end' >>$file
done
chmod 0600 ${configuration}/pg_hba.conf
for home in ${homes.join(' ')}; do chmod 0640 $home/.ssh/authorized_keys; done
cd ${vault}
echo odd >odd.file
tar -c --format=posix --pax-option="SCHILY.xattr.user.odd:=kept,SCHILY.acl.access:=user::rw-
user:${databaseOwner}:r--
group::r--
mask::r--
other::---" -f - odd.file | tar -x --xattrs --acls --xattrs-include='*' -f -
touch -d '2001-02-03 04:05:06.789' odd.file
ln odd.file odd.link
mkdir -m 1711 'odd directory'
chown ${directoryOwner}: 'odd directory'`)
  await host.sql(`alter system set wal_keep_size = '48MB'`)
  await host.sql(`select pg_reload_conf()`)
}

const oddPlaces: Readonly<
  Record<
    LayoutName,
    {
      readonly configuration: string
      readonly homes: readonly string[]
      readonly vault: string
      readonly directoryOwner: string
    }
  >
> = {
  debian: {
    configuration: '/etc/postgresql/15/main',
    homes: ['/root', '/home/operator'],
    vault: '/srv/ledger/vault',
    directoryOwner: 'ledger',
  },
  'soar-unprivileged': {
    configuration: '/opt/phantom/data/db',
    homes: ['/home/phantom'],
    vault: '/opt/phantom/vault',
    directoryOwner: 'phantom',
  },
}
