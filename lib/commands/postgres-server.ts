import { asDatabaseOwner, asRoot, type Command, sh } from '@/lib/commands/command'
import { startUnit, stopUnit } from '@/lib/commands/systemd'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'

type Place = Pick<PostgresLayout, 'unit' | 'binDirectory' | 'dataDirectory' | 'configFile'>

const pgCtl = (layout: Place, action: Command): Command =>
  asDatabaseOwner(sh`${`${layout.binDirectory}/pg_ctl`} -D ${layout.dataDirectory} ${action}`)

/** Stops PostgreSQL in `fast` mode: sessions are ended, a shutdown checkpoint is written, the standby gets all WAL. */
export const stopPostgres = (layout: Place): Command =>
  layout.unit === null ? pgCtl(layout, sh`-m fast -w -t 300 stop`) : stopUnit(layout.unit)

/** Starts PostgreSQL and returns when it accepts connections or has given up. */
export const startPostgres = (layout: Place): Command =>
  layout.unit === null
    ? pgCtl(layout, sh`-w -t 300 -l ${`${layout.dataDirectory}/server.log`} start`)
    : startUnit(layout.unit)

export const restartPostgres = (layout: Place): Command =>
  layout.unit === null
    ? pgCtl(layout, sh`-m fast -w -t 300 -l ${`${layout.dataDirectory}/server.log`} restart`)
    : asRoot(sh`systemctl restart -- ${layout.unit}`)

/** Lines of pg_controldata in English (LC_ALL=C): cluster state, system identifier, checkpoint. */
export const controlData = (layout: Pick<Place, 'binDirectory'>, dataDirectory: string): Command =>
  asDatabaseOwner(sh`${`${layout.binDirectory}/pg_controldata`} -D ${dataDirectory}`)

/** Exit code 0 while a server runs in the data directory (pg_ctl documentation: `status`), 3 when none does. */
export const postgresStatus = (layout: Place): Command => pgCtl(layout, sh`status`)

/** Writes `start.conf` of a Debian cluster: `auto` starts it at boot, `manual` does not (pg_createcluster(1)). */
export const setDebianStart = (startConf: string, mode: string): Command =>
  asRoot(
    sh`sed -i -E ${`s/^[[:space:]]*(auto|manual|disabled)[[:space:]]*$/${mode}/`} ${startConf} && systemctl daemon-reload`,
  )
