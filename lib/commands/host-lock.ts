import { type Command, sh, withStdin } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import { aheadSeconds, aliveSeconds, type HostLock, hostLockText } from '@/lib/domain/host-lock'
import type { HostPlaces } from '@/lib/domain/host-places'
import type { OperationId } from '@/lib/domain/operation'

/**
 * What `takeLock` and `breakLock` end with where they changed nothing; `unseen`: of `readLock`, which may not look there; `atWork`: of
 * `breakLock`, where the lock's dashboard has just given a sign of life.
 */
export const lockExitCodes = { otherMachine: 41, busy: 42, held: 43, unseen: 44, atWork: 45 } as const

type Place = Pick<HostPlaces, 'keeper' | 'state'>

const here = ({ state }: Place): Command => sh`dir=${state}; lock="$dir"/operation.lock`

/** From here to the end of the shell nobody else changes the lock: flock(1) on the directory itself leaves no file behind. */
const alone = sh`exec 9<"$dir" && flock -w 5 9 || exit ${lockExitCodes.busy}`
/** Seconds since the lock's last sign of life, by the host's own clock. */
const age = sh`age=$(($(date +%s) - $(stat -c %Y -- "$lock" || echo 0)))`
const line = (operationId: OperationId) => `operation: ${operationId}`
/** What nobody needs any more goes; a power cut must not bring it back. */
const clean = ({ keeper }: Place): Command =>
  keeper === 'login'
    ? sh`sync -- "$dir"; rmdir -- "$dir" "\${dir%/*}" 2>/dev/null; true`
    : sh`sync -- "$dir"; rmdir -- "$dir" 2>/dev/null; true`

/**
 * Takes the host for an operation, if this is the machine of the plan, and prints `taken`, or `kept` where it has it already; that
 * is a sign of life as well. A lock of `broken`, an operation that is proved to have ended, is replaced. Exit codes: `otherMachine` with its machine-id,
 * `held` with the holder's lock, `busy` while another process changes it.
 */
export function takeLock(given: {
  lock: HostLock
  machineId: string
  broken: OperationId | null
  place: Place
}): Command {
  const { lock, machineId, broken, place } = given
  const content = hostLockText(lock)
  const replaceable = broken === null ? sh`false` : sh`grep -qxF -- ${line(broken)} "$lock"`
  const command = sh`umask 022
read -r machine </etc/machine-id; [ "$machine" = ${machineId} ] || { echo "$machine"; exit ${lockExitCodes.otherMachine}; }
${here(place)}
i=0
while :; do
  mkdir -p -- "$dir" && chmod 0755 -- "$dir" || exit 1
  ${alone}
  [ "$dir" -ef /proc/self/fd/9 ] && break # else whoever had it before has just removed the directory
  i=$((i+1)); [ "$i" -lt 20 ] || exit ${lockExitCodes.busy}
done
if [ -e "$lock" ]; then
  grep -qxF -- ${line(lock.operationId)} "$lock" && { touch -c -- "$lock"; echo kept; exit 0; }
  ${replaceable} || { cat -- "$lock"; exit ${lockExitCodes.held}; }
fi
cat >"$lock.new" && [ "$(wc -c <"$lock.new")" -eq ${Buffer.byteLength(content)} ] && sync -- "$lock.new" && mv -fT -- "$lock.new" "$lock" && sync -- "$dir" || exit 1
echo taken`
  return withStdin(asKeeper(place, command), content, false)
}

/** A sign of life: the lock's time is now, where the operation still has the host. Takes nothing, and makes nothing. */
export const freshenLock = (operationId: OperationId, place: Place): Command =>
  asKeeper(
    place,
    sh`${here(place)}
[ -d "$dir" ] || exit 0
${alone}
grep -sqxF -- ${line(operationId)} "$lock" || exit 0
touch -c -- "$lock"`,
  )

/** Lets go of the host; does nothing where another operation has it, or none. */
export const releaseLock = (operationId: OperationId, place: Place): Command =>
  asKeeper(
    place,
    sh`${here(place)}
[ -d "$dir" ] || exit 0
${alone}
grep -sqxF -- ${line(operationId)} "$lock" && rm -f -- "$lock"
${clean(place)}`,
  )

/**
 * Breaks the lock that was seen, and no other: exit code `held` where it is another one by now, `atWork` where its dashboard works on
 * its operation (`isAtWork`), with the age of the last sign of life in seconds.
 */
export const breakLock = (seen: HostLock | null, place: Place): Command =>
  asKeeper(
    place,
    sh`${here(place)}
[ -d "$dir" ] || exit 0
${alone}
[ -e "$lock" ] || exit 0
${seen === null ? sh`true` : sh`grep -qxF -- ${line(seen.operationId)} "$lock"`} || exit ${lockExitCodes.held}
${age}
[ "$age" -lt -${aheadSeconds} ] || [ "$age" -ge ${aliveSeconds} ] || { echo "$age"; exit ${lockExitCodes.atWork}; }
rm -f -- "$lock"
${clean(place)}`,
  )

/** Prints `held AGE` (seconds since its last sign of life) and the lock, or nothing where there is none. Any login user may ask; one that may not look there ends with `unseen`. */
export const readLock = (place: Place): Command =>
  sh`${here(place)}; [ ! -e "$dir" ] || [ -x "$dir" ] || exit ${lockExitCodes.unseen}
[ ! -e "$lock" ] || { ${age}; echo "held $age"; cat -- "$lock"; }`

/** Two lines: the machine-id, and `held` where the operation has the host. Any login user may ask; no new process but grep. */
export const readHold = (operationId: OperationId, place: Place): Command =>
  sh`${here(place)}; read -r machine </etc/machine-id; echo "$machine"
grep -sqxF -- ${line(operationId)} "$lock" && echo held || echo free`

/** The address that the host sees us come from (sshd(8), SSH_CONNECTION); empty where it does not say. */
export const readOurAddress = (): Command => sh`echo "\${SSH_CONNECTION%% *}"`
