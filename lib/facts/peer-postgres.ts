import { type Command, sh } from '@/lib/commands/command'
import type { MachineFacts } from '@/lib/domain/observation'

/**
 * Asks from one host whether the other's PostgreSQL takes connections. PostgreSQL's own directory first: what stands
 * in Debian's PATH is a wrapper that takes longer than the question. `timeout` because libpq waits at least two seconds.
 */
export function askPeerPostgres(peer: { address: string; port: number }): Command {
  return sh`for tool in /usr/lib/postgresql/*/bin/pg_isready /usr/pgsql-*/bin/pg_isready; do [ -x "$tool" ] && ready=$tool; done
exec timeout 0.6 "\${ready:-pg_isready}" -q -h ${peer.address} -p ${peer.port}`
}

/** Asks from one host whether anything accepts connections at the other's SSH port (bash(1), REDIRECTION: /dev/tcp). */
export const askPeerSsh = (peer: { address: string; port: number }): Command =>
  sh`exec timeout 0.6 bash -c ${'exec 3<>"/dev/tcp/$0/$1"'} ${peer.address} ${String(peer.port)} 2>/dev/null`

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
