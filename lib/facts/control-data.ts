import { AppError } from '@/lib/errors'

/** What pg_controldata says of a data directory, with LC_ALL=C. */
export type ControlData = {
  readonly systemIdentifier: string
  /** PostgreSQL's words, e.g. `shut down`, `in production`, `in archive recovery`. */
  readonly clusterState: string
  readonly timeline: number
  readonly checkpointLsn: string
}

/** Parses pg_controldata's lines (its names are the same from PostgreSQL 12 to 18). Throws HOST_COMMAND_FAILED on others. */
export function parseControlData(text: string): ControlData {
  const read = (name: string, form = /./): string => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}:`))
    const value = line?.slice(name.length + 1).trim()
    if (value && form.test(value)) return value
    throw new AppError('HOST_COMMAND_FAILED', 'pg_controldata answered in a form that is not known.', {
      fix: 'Run it by hand as the owner of the data directory.',
      detail: value ? `“${name}” is ${value.slice(0, 100)}` : `no line “${name}”`,
    })
  }
  return {
    systemIdentifier: read('Database system identifier'),
    clusterState: read('Database cluster state'),
    timeline: Number(read("Latest checkpoint's TimeLineID", /^\d{1,10}$/)),
    checkpointLsn: read('Latest checkpoint location'),
  }
}
