import { type Command, sh } from '@/lib/commands/command'

/** Whether PostgreSQL at an address answers the host that is asked: exit code of pg_isready (0, 1, 2, 3). */
export const postgresAnswers = (binDirectory: string, address: string, port: number): Command =>
  sh`${`${binDirectory}/pg_isready`} -q -t 5 -h ${address} -p ${port}`

/** Words for pg_isready's exit codes (PostgreSQL documentation, pg_isready). */
export function parsePostgresAnswers(exitCode: number): 'accepting' | 'rejecting' | 'no-response' {
  if (exitCode === 0) return 'accepting'
  return exitCode === 1 ? 'rejecting' : 'no-response'
}

/** The SSH host keys that an address shows the host that is asked: lines `address type key`. */
export const sshKeysSeen = (address: string, port: number): Command =>
  sh`ssh-keyscan -T 5 -p ${port} -- ${address} 2>/dev/null`

/** Whether the pinned key (`ssh-ed25519 AAAA…`) is among the answer of `sshKeysSeen`. */
export function parseSshKeysSeen(
  text: string,
  pinned: string | null,
): 'pinned-key' | 'other-key' | 'no-response' {
  const keys = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/).slice(1, 3).join(' '))
  if (keys.length === 0) return 'no-response'
  return pinned !== null && keys.includes(pinned.split(/\s+/).slice(0, 2).join(' '))
    ? 'pinned-key'
    : 'other-key'
}

/**
 * For the last look before a promotion: does anything accept connections at PostgreSQL's address? Exit code 0 if so. The
 * kernel of a host that is alive answers for it within a round trip, also where the server hangs (bash(1), REDIRECTION:
 * /dev/tcp); a dead host must not cost more than this.
 */
export const isListening = (address: string, port: number): Command =>
  sh`timeout 0.15 bash -c ${'exec 3<>"/dev/tcp/$0/$1"'} ${address} ${String(port)}`
