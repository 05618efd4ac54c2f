import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'

/**
 * Tells the postmaster itself to shut down fast (PostgreSQL documentation 19.5: SIGINT) and prints its control data as soon as they say
 * that it is shut down: its last checkpoint is written then, and the process may still be sending it to the standby. Does nothing to
 * one that does not run. Ends where the process does, whatever the control data say.
 */
export const stopFast = ({
  binDirectory,
  dataDirectory,
}: Pick<PostgresLayout, 'binDirectory' | 'dataDirectory'>): Command =>
  asDatabaseOwner(sh`d=${dataDirectory}; control=${`${binDirectory}/pg_controldata`}
if read -r pid 2>/dev/null <"$d/postmaster.pid" && kill -s INT "$pid" 2>/dev/null; then
  while kill -s 0 "$pid" 2>/dev/null; do
    case $("$control" -D "$d") in *'cluster state:'*' shut down
'*) break ;; esac
    sleep 0.002
  done
fi
"$control" -D "$d"`)
