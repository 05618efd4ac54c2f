import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { AppError } from '@/lib/errors'

/** Whose data stands in a data directory, whether a server runs there and as what it would come up. */
export type ServerIdentity = {
  readonly isRunning: boolean
  /** `standby.signal` is there: a start comes up read-only (PostgreSQL documentation 27.2.2). */
  readonly hasSignal: boolean
  /** As pg_controldata reads it; null where there is no data directory. */
  readonly systemIdentifier: string | null
}

export const serverIdentityQuestion = (given: { dataDirectory: string; binDirectory: string }): Command =>
  asDatabaseOwner(sh`d=${given.dataDirectory}
${`${given.binDirectory}/pg_ctl`} -D "$d" status >/dev/null 2>&1 && echo running=yes || echo running=no
[ -e "$d/standby.signal" ] && echo signal=yes || echo signal=no
echo "system=$(${`${given.binDirectory}/pg_controldata`} -D "$d" 2>/dev/null | sed -n 's/^Database system identifier: *//p')"`)

/** Parses `serverIdentityQuestion`. Throws HOST_COMMAND_FAILED on another form. */
export function parseServerIdentity(text: string): ServerIdentity {
  const read = (key: string): string => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${key}=`))
    if (line !== undefined) return line.slice(key.length + 1).trim()
    throw new AppError('HOST_COMMAND_FAILED', 'The host answered in a form that is not known.', {
      fix: 'Resume the operation; report this if it happens again.',
      detail: `no line “${key}”`,
    })
  }
  return {
    isRunning: read('running') === 'yes',
    hasSignal: read('signal') === 'yes',
    systemIdentifier: read('system') || null,
  }
}

/** Who is connected beside ourselves: a line of text each, the busiest application first. */
export const clientsQuestion = `select count(*)::int as sessions, usename::text as role,
coalesce(nullif(application_name, ''), 'no name') as application, coalesce(host(client_addr), 'local') as address
from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name !~ '^understudy'
group by 2, 3, 4 order by 1 desc, 3`
