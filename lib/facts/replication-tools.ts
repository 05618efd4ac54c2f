import { z } from 'zod'
import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { parseAnswerLines } from '@/lib/facts/answer-lines'
import { managerPrograms } from '@/lib/facts/machine-parity'
import { unreadableSurvey } from '@/lib/facts/machine-survey'

const unit = z.object({
  name: z.string(),
  /** As systemd says: `active`, `inactive`, `failed` …; `enabled`, `disabled`, `static` … */
  activeState: z.string(),
  enabledState: z.string(),
})

/** What made or manages a replication leaves on a host. */
export const replicationTools = z.object({
  repmgr: z.object({
    configFiles: z.array(z.string()),
    /** As it prints it, e.g. `5.3.3`; null where the program is not there. */
    version: z.string().nullable(),
  }),
  /** Configuration files of managers of whole clusters. */
  clusterFiles: z.array(z.string()),
  units: z.array(unit),
  /** Names of programs that run and manage replication. */
  processes: z.array(z.string()),
  /** The seed's script, and the logs that it writes. */
  seedScripts: z.array(z.string()),
  seedLogs: z.array(z.string()),
  /** Files of the data directory; null where nobody knows where it is. */
  data: z
    .object({
      /** Bytes of `standby.signal`; null without it. */
      signalBytes: z.int().nullable(),
      /** `recovery.conf`: before PostgreSQL 12 it is what a standby follows by. */
      hasRecoveryConf: z.boolean(),
      /** `backup_label.old`: the data came by a base backup. */
      hasBackupLabel: z.boolean(),
    })
    .nullable(),
  /** Lines of password files, without the passwords. */
  passwordLines: z.array(
    z.object({
      file: z.string(),
      host: z.string(),
      port: z.string(),
      database: z.string(),
      user: z.string(),
    }),
  ),
})
export type ReplicationTools = z.infer<typeof replicationTools>

export type ToolsAsked = {
  readonly dataDirectory: string | null
  /** Password files beside the one in the owner's home. */
  readonly passwordFiles: readonly string[]
  /** Directories in which the seed's script may lie, and in which its logs may. */
  readonly programDirectories: readonly string[]
  readonly logDirectories: readonly string[]
}

/**
 * Lines `key rest of the line` (of a password file its name, a tab and the fields), asked as the database's owner: its own files tell most.
 * Of a password file's lines only the four fields before the password are printed (PostgreSQL documentation 34.16), whatever is escaped in
 * them. Debian's repmgrd is started by a script that does nothing until /etc/default/repmgrd says yes.
 */
export function replicationToolsQuestion(asked: ToolsAsked): Command {
  const { dataDirectory, passwordFiles, programDirectories, logDirectories } = asked
  const pattern = managerPrograms.map((name) => ` -e ${name}`).join('')
  return asDatabaseOwner(sh`exec 2>/dev/null
home=$(getent passwd -- "$(id -un)" | cut -d: -f6)
each() { key=$1; shift; for f; do [ -f "$f" ] && printf '%s %s\n' "$key" "$f"; done; }
each repmgr_conf /etc/repmgr.conf /etc/repmgr/repmgr.conf /etc/repmgr/*/repmgr.conf "$home/repmgr.conf"
for p in $(command -v repmgr) /usr/lib/postgresql/*/bin/repmgr /usr/pgsql-*/bin/repmgr; do
  printf 'repmgr_version %s\n' "$("$p" --version | sed -n '1s/^repmgr *//p')"; break
done
each cluster_file /etc/patroni.yml /etc/patroni/*.yml /etc/patroni/*.yaml "$home"/.config/pg_autoctl/*/*/pg_autoctl.cfg "$home"/.config/pg_autoctl/*/*/*/pg_autoctl.cfg
systemctl list-unit-files --type=service --no-legend --no-pager 'repmgr*' 'patroni*' 'pgautofailover*' 'pg_autoctl*' 'stolon*' 'pacemaker*' 'corosync*' | while read -r u rest; do
  case $u in *@.service) continue ;; esac
  enabled=$(systemctl is-enabled -- "$u")
  case $u in repmgrd.service) [ ! -f /etc/default/repmgrd ] || grep -Eq '^[[:space:]]*REPMGRD_ENABLED=["'"'"']?[Yy]' /etc/default/repmgrd || enabled=disabled ;; esac
  printf 'unit %s %s %s\n' "$(systemctl is-active -- "$u")" "\${enabled:-unknown}" "$u"
done
for p in $(ps -e -o comm= | grep -xF${{ ...sh``, text: pattern }} | sort -u); do printf 'process %s\n' "$p"; done
for d in ${programDirectories}; do each seed_script "$d/setup_warm_standby.pyc" "$d/setup_warm_standby.py"; done
for d in ${logDirectories}; do each seed_log "$d/warm_standby.log"; done
d=${dataDirectory ?? ''}
if [ -n "$d" ]; then
  printf 'data yes\n'
  [ ! -e "$d/standby.signal" ] || printf 'signal %s\n' "$(stat -c %s -- "$d/standby.signal")"
  each recovery_conf "$d/recovery.conf"
  each backup_label "$d/backup_label.old"
fi
for f in "$home/.pgpass" ${passwordFiles}; do
  [ -f "$f" ] && sed -nE 's/^(([^:#\\]|\\\\.)([^:\\]|\\\\.)*:([^:\\]|\\\\.)*:([^:\\]|\\\\.)*:([^:\\]|\\\\.)*):.*$/\\1/p' "$f" | while IFS= read -r line; do printf 'password %s\t%s\n' "$f" "$line"; done
done
printf 'end yes\n'`)
}

/** Fields that colons part, each without its backslashes. */
const toFields = (text: string): readonly string[] =>
  (text.match(/(?:^|:)((?:[^:\\]|\\.)*)/g) ?? []).map((field) =>
    field.replace(/^:/, '').replaceAll(/\\(.)/g, '$1'),
  )

function toPasswordLine(rest: string): ReplicationTools['passwordLines'][number] {
  const [file = '', line = ''] = rest.split('\t')
  const [host = '', port = '', database = '', user = ''] = toFields(line)
  return { file, host, port, database, user }
}

function toUnit(rest: string): z.infer<typeof unit> {
  const [activeState = '', enabledState = '', name = ''] = rest.split(' ')
  return { name, activeState, enabledState }
}

/** Parses `replicationToolsQuestion`. Throws HOST_COMMAND_FAILED where the answer is not whole. */
export function parseReplicationTools(text: string): ReplicationTools {
  const answers = parseAnswerLines(text)
  const all = (key: string) => [...(answers.get(key) ?? [])]
  if (!answers.has('end'))
    throw unreadableSurvey('replication', `no end among ${[...answers.keys()].join(', ')}`)
  const signal = all('signal')[0]
  const parsed = replicationTools.safeParse({
    repmgr: { configFiles: all('repmgr_conf'), version: all('repmgr_version')[0] || null },
    clusterFiles: all('cluster_file'),
    units: all('unit').map(toUnit),
    processes: all('process'),
    seedScripts: all('seed_script'),
    seedLogs: all('seed_log'),
    data: answers.has('data')
      ? {
          signalBytes: signal === undefined ? null : Number(signal),
          hasRecoveryConf: answers.has('recovery_conf'),
          hasBackupLabel: answers.has('backup_label'),
        }
      : null,
    passwordLines: all('password').map(toPasswordLine),
  })
  if (!parsed.success) throw unreadableSurvey('replication', z.prettifyError(parsed.error))
  return parsed.data
}
