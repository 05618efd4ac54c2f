import { asDatabaseOwner, asRoot, type Command, quote, sh } from '@/lib/commands/command'
import { beginRestartUnit, restartUnit, startUnit, stopUnit } from '@/lib/commands/systemd'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'

type Place = Pick<PostgresLayout, 'unit' | 'binDirectory' | 'dataDirectory' | 'configFile' | 'serverLog'>

const pgCtl = (layout: Place, action: Command): Command =>
  asDatabaseOwner(sh`${`${layout.binDirectory}/pg_ctl`} -D ${layout.dataDirectory} ${action}`)

/**
 * Stops PostgreSQL in `fast` mode: sessions are ended, a shutdown checkpoint is written, the standby gets all WAL. Exit code 0 also where
 * none runs (`pg_ctl stop` has 1 then, and `status` 3: pg_ctl documentation).
 */
export const stopPostgres = (layout: Place): Command => {
  if (layout.unit !== null) return stopUnit(layout.unit)
  const ctl = sh`${`${layout.binDirectory}/pg_ctl`} -D ${layout.dataDirectory}`
  return asDatabaseOwner(sh`${ctl} -m fast -w -t 300 stop || { ${ctl} status >/dev/null; [ $? -eq 3 ]; }`)
}

/**
 * Kills the server of a data directory: all processes of its program whose working directory that is, for the postmaster passes SIGKILL on
 * to none (PostgreSQL documentation 19.5). Returns when none is left; exit code 1 where one does not end within 10 s, because the
 * kernel holds it, as on a disk that hangs. What was committed is in the WAL: the next start recovers it.
 */
export const killPostgres = ({ dataDirectory }: Pick<Place, 'dataDirectory'>): Command =>
  asDatabaseOwner(sh`d=${dataDirectory}
tries=100
while [ "$tries" -gt 0 ]; do
  left=no
  for process in /proc/[0-9]*; do
    [ "$process/cwd" -ef "$d" ] || continue
    case $(readlink "$process/exe") in */postgres | */'postgres (deleted)') ;; *) continue ;; esac
    left=yes
    kill -s KILL "\${process#/proc/}" 2>/dev/null
  done
  [ "$left" = yes ] || exit 0
  tries=$((tries - 1))
  sleep 0.1
done
exit 1`)

/** Starts PostgreSQL and returns when it accepts connections or has given up. */
export const startPostgres = (layout: Place): Command =>
  layout.unit === null
    ? withLog(layout, pgCtl(layout, sh`-w -t 300 ${startArguments(layout)}`))
    : startUnit(layout.unit)

/** Arguments of `pg_ctl` beside how long it waits. The configuration is named where it does not stand in the data directory. */
function startArguments({ configFile, dataDirectory, serverLog }: Place): Command {
  const isInside = configFile.replace(/\/[^/]*$/, '') === dataDirectory
  const options = isInside ? sh`` : sh`-o ${`-c config_file=${quote(configFile)}`} `
  return sh`-l ${serverLog} ${options}start`
}

const withLog = ({ serverLog }: Place, command: Command): Command =>
  asDatabaseOwner(sh`mkdir -p -- ${serverLog.replace(/\/[^/]*$/, '')} && ${command}`)

/**
 * Has a server that is on its way down started again, and returns without waiting until it accepts connections: a service manager may take
 * seconds to believe that (`pg_ctlcluster` looks three times, half a second apart). Without a unit the end of the old processes is waited for.
 */
export const beginRestart = (layout: Place): Command =>
  layout.unit === null
    ? withLog(
        layout,
        asDatabaseOwner(
          sh`ctl=${`${layout.binDirectory}/pg_ctl`}; d=${layout.dataDirectory}
"$ctl" -D "$d" status >/dev/null 2>&1 && "$ctl" -D "$d" -m fast -w -t 10 stop >/dev/null
"$ctl" -D "$d" -W ${startArguments(layout)}`,
        ),
      )
    : beginRestartUnit(layout.unit)

export const restartPostgres = (layout: Place): Command =>
  layout.unit === null
    ? withLog(layout, pgCtl(layout, sh`-m fast -w -t 300 -l ${layout.serverLog} restart`))
    : restartUnit(layout.unit)

/** Lines of pg_controldata in English (LC_ALL=C): cluster state, system identifier, checkpoint. */
export const controlData = (layout: Pick<PostgresLayout, 'binDirectory'>, dataDirectory: string): Command =>
  asDatabaseOwner(sh`${`${layout.binDirectory}/pg_controldata`} -D ${dataDirectory}`)

/** Exit code 0 while a server runs in the data directory (pg_ctl documentation: `status`), 3 when none does. */
export const postgresStatus = (layout: Place): Command => pgCtl(layout, sh`status`)

/** Writes `start.conf` of a Debian cluster: `auto` starts it at boot, `manual` does not (pg_createcluster(1)). */
export const setDebianStart = (startConf: string, mode: string): Command =>
  asRoot(
    sh`sed -i -E ${`s/^[[:space:]]*(auto|manual|disabled)[[:space:]]*$/${mode}/`} ${startConf} && systemctl daemon-reload`,
  )
