import { type Command, sh } from '@/lib/commands/command'
import type { MachineFacts } from '@/lib/domain/observation'

/** As the database's owner: the program of the postmaster that holds the socket, e.g. `/opt/app/pgsql/bin/postgres`; nothing where none does. */
export const postmasterProgram = ({ socketDirectory, port }: { socketDirectory: string; port: number }) =>
  sh`read -r pid <${`${socketDirectory}/.s.PGSQL.${port}.lock`} && readlink "/proc/$pid/exe"; true`

/** The directory of `postmasterProgram`'s answer; null where it gave none. A program that was replaced while it runs is `… (deleted)`. */
export const parsePostmasterDirectory = (text: string): string | null =>
  /^(\/.+)\/[^/]+$/.exec(text.trim())?.[1] ?? null

/** Something is listening, but not whether it takes connections: there was no `pg_isready` to ask with. */
const listensOnly = 3

/** Whether anything accepts connections at an address (bash(1), REDIRECTION: /dev/tcp). */
const connects = ({ address, port }: { address: string; port: number }): Command =>
  sh`timeout 0.6 bash -c ${'exec 3<>"/dev/tcp/$0/$1"'} ${address} ${String(port)} 2>/dev/null`

/**
 * Asks from one host whether the other's PostgreSQL takes connections: by the `pg_isready` beside this host's own server, else by one where
 * packages put it. PostgreSQL's own directories, for what stands in Debian's PATH is a wrapper that takes longer than the question. Where
 * there is none, a port that gives no answer still is an answer. `timeout` because libpq waits at least two seconds.
 */
export function askPeerPostgres(
  peer: { address: string; port: number },
  binDirectory: string | null,
): Command {
  const own = binDirectory === null ? sh`` : sh`${`${binDirectory}/pg_isready`} `
  return sh`for tool in ${own}/usr/lib/postgresql/*/bin/pg_isready /usr/pgsql-*/bin/pg_isready; do
[ ! -x "$tool" ] || exec timeout 0.6 "$tool" -q -h ${peer.address} -p ${peer.port}
done
${connects(peer)}
case $? in 1|124) exit 2;; *) exit ${listensOnly};; esac`
}

/** Asks from one host whether anything accepts connections at the other's SSH port. */
export const askPeerSsh = (peer: { address: string; port: number }): Command => sh`exec ${connects(peer)}`

/** By bash's exit code and 124 of timeout(1); null when it was not tried. */
export function parsePeerSsh(exitCode: number): MachineFacts['peerSsh'] {
  if (exitCode === 0) return 'accepting'
  return exitCode === 1 || exitCode === 124 ? 'no-response' : null
}

/** By pg_isready's exit codes (PostgreSQL documentation, pg_isready) and 124 of timeout(1); null when it was not tried. */
export function parsePeerPostgres(exitCode: number): MachineFacts['peerPostgres'] {
  if (exitCode === 0) return 'accepting'
  if (exitCode === 1) return 'rejecting'
  return exitCode === 2 || exitCode === 124 ? 'no-response' : null
}
