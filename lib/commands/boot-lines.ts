import type { PostgresLayout } from '@/lib/domain/postgres-layout'

/** Lines `@reboot` of a crontab: what they start, told by the programs and places that they name. */

/** Whether a line runs the profile's start command: it names its program. */
export function startsApplication(line: string, start: string | null): boolean {
  const program = start?.trim().split(/\s+/)[0]
  return program !== undefined && program !== '' && line.includes(program)
}

/** Whether a line starts PostgreSQL: it names the data directory or a program that starts it. */
export const startsPostgres = (
  line: string,
  place: Pick<PostgresLayout, 'dataDirectory' | 'binDirectory'> | null,
): boolean =>
  /\b(pg_ctl|pg_ctlcluster|postgres|postmaster|postgresql)\b/.test(line) ||
  (place !== null && (line.includes(place.dataDirectory) || line.includes(place.binDirectory)))

/** A command as cron reads it: a bare `%` would end it (crontab(5)), and so would a line's end. */
export const bootLineOf = (command: string): string =>
  `@reboot ${command
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .replaceAll('%', '\\%')}`
