import { type Command, sh } from '@/lib/commands/command'
import { AppError } from '@/lib/errors'

/** Whether PostgreSQL at an address answers the host that is asked: exit code of pg_isready (0, 1, 2, 3). */
export const postgresAnswers = (binDirectory: string, address: string, port: number): Command =>
  sh`${`${binDirectory}/pg_isready`} -q -t 5 -h ${address} -p ${port}`

/** Words for pg_isready's exit codes (PostgreSQL documentation, pg_isready). */
export function parsePostgresAnswers(exitCode: number): 'accepting' | 'rejecting' | 'no-response' {
  if (exitCode === 0) return 'accepting'
  return exitCode === 1 ? 'rejecting' : 'no-response'
}

/** ssh-keyscan(1)'s words for types of keys, by how such a key begins. */
const keyscanTypes = { 'ssh-ed25519 ': 'ed25519', 'ecdsa-sha2-': 'ecdsa', 'ssh-rsa ': 'rsa' } as const

/**
 * The SSH host keys that an address shows the host that is asked: lines `address type key`. First the type that is pinned alone: each type
 * costs a connection, and a server that counts connections without a sign-in would shut out who asks too often (sshd_config(5),
 * PerSourcePenalties).
 */
export function sshKeysSeen(address: string, port: number, pinned: string | null): Command {
  const all = sh`ssh-keyscan -T 5 -p ${port} -- ${address} 2>/dev/null`
  const [, type] = Object.entries(keyscanTypes).find(([begin]) => pinned?.startsWith(begin)) ?? []
  return type === undefined
    ? all
    : sh`x=$(ssh-keyscan -T 5 -t ${type} -p ${port} -- ${address} 2>/dev/null); if [ -n "$x" ]; then printf '%s\n' "$x"; else ${all}; fi`
}

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

/** How the host that is asked would go to an address: the kernel's own words, `… src ADDRESS …` (ip-route(8)). */
export const routeTo = (address: string): Command => sh`ip -o route get ${address} 2>/dev/null`

/** The address by which the host then shows itself; null where it does not say. */
export const parseSourceAddress = (text: string): string | null => / src (\S+)/.exec(text)?.[1] ?? null

/** Exit codes of the question below; any other, timeout(1)'s 124 among them: it could not be told. */
const listeningCodes = { accepted: 0, refused: 1, silent: 2 } as const

/**
 * Tries three times, 10 ms apart: one packet may be lost. The first answer ends it (bash(1), REDIRECTION: /dev/tcp). Nobody answers where all
 * three sleep in their connect(2) and still do after the wait: whom an answer has woken is runnable (proc_pid_stat(5), field 3), however
 * busy this host is. So a host that has no time for its own question takes longer, and does not take the other for dead.
 */
const threeTries = `trap 'exit ${listeningCodes.accepted}' USR1; trap 'exit ${listeningCodes.refused}' USR2
tries=
for try in 1 2 3; do
  { if : 3<>"/dev/tcp/$0/$1"; then kill -s USR1 $$; else kill -s USR2 $$; fi; } >/dev/null 2>&1 </dev/null &
  tries="$tries $!"
  sleep 0.01
done
all_sleep() { for pid in $tries; do read -r _ _ state _ <"/proc/$pid/stat" && [ "$state" = S ] || return 1; done; }
until all_sleep; do sleep 0.01; done 2>/dev/null
sleep "$2"
all_sleep 2>/dev/null && exit ${listeningCodes.silent}
wait
exit 3`

/**
 * For the last look before a promotion: does anything accept connections at an address? The kernel of a host that is alive answers for it
 * within a round trip, also where the server hangs. It waits as long as TCP itself would before it sent again (RFC 6298: the round trip and
 * four times its variance, as the kernel measured them last, ip-tcp_metrics(8)) and 20 ms, for a dead host must not cost more than
 * that; 300 ms where nothing was measured.
 */
export const asksListening = (address: string, port: number): Command =>
  sh`ms=$(ip -o tcp_metrics show ${address} 2>/dev/null | awk '{ for (i = 1; i < NF; i++) { if ($i == "rtt") rtt = $(i + 1); if ($i == "rttvar") { us = rtt + 4 * $(i + 1); if (us > most) most = us } } }
END { print most ? 20 + int(most / 1000) : 300 }')
exec timeout 8 bash -c ${threeTries} ${address} ${String(port)} "$((ms / 1000)).$(printf %03d "$((ms % 1000))")"`

/**
 * Parses the exit code of `asksListening`: it is, or it is not, because the kernel there refused or nobody answered. Throws
 * HOST_COMMAND_FAILED on any other: unknown is not down.
 */
export function parseListening(exitCode: number, hostName: string, address: string): boolean {
  if (exitCode === listeningCodes.accepted) return true
  if (exitCode === listeningCodes.refused || exitCode === listeningCodes.silent) return false
  throw new AppError(
    'HOST_COMMAND_FAILED',
    `Whether anything listens at ${address} could not be asked on ${hostName}.`,
    {
      fix: `See that bash and timeout (coreutils) are there on ${hostName}, then resume.`,
      detail: `exit code ${exitCode}`,
    },
  )
}
