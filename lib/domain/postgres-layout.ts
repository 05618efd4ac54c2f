/** Where and how one host's PostgreSQL runs, as the server and the host themselves said. */
export type PostgresLayout = {
  /** `server_version_num`, e.g. 150018. */
  readonly versionNum: number
  readonly systemIdentifier: string
  readonly dataDirectory: string
  readonly configFile: string
  readonly hbaFile: string
  /** Directory of `pg_basebackup`, `pg_ctl`, `pg_controldata`. */
  readonly binDirectory: string
  /** systemd unit whose main process the postmaster is; null where PostgreSQL is run by `pg_ctl`. */
  readonly unit: string | null
  /** Debian's `start.conf` of the cluster (`auto`, `manual`, `disabled`), null elsewhere. */
  readonly startConf: string | null
  /** Takes what a server that `pg_ctl` starts says before its own log is open. */
  readonly serverLog: string
  /** Owner of the data directory. */
  readonly osUser: string
  readonly port: number
  readonly socketDirectory: string
  readonly walSegmentBytes: number
}

/** Major version as PostgreSQL counts it from 10 on. */
export const majorVersion = (versionNum: number): number => Math.floor(versionNum / 10_000)
