import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { Sync } from '@/lib/commands/sync'
import type { PairPlaces } from '@/lib/domain/host-places'
import { pairDirectory } from '@/lib/domain/pair-names'
import { sendProgram, settingsDirectory, syncKeyPath } from '@/lib/domain/sync-names'

/** The pair's directory on a host: others than root may pass through it, not read its secrets. */
export const makePairDirectory = (at: PairPlaces): Command =>
  asKeeper(at, sh`install -d -m 0755 -- ${at.state} ${pairDirectory(at)}`)

/** Makes the standby's key pair where there is none, and prints the public part. The private part never leaves the host. */
export const ensureKey = (at: PairPlaces): Command =>
  asKeeper(
    at,
    sh`umask 077; key=${syncKeyPath(at)}; ${makePairDirectory(at)} || exit 1
[ -s "$key" ] && [ -s "$key.pub" ] || { rm -f -- "$key" "$key.pub"; ssh-keygen -q -t ed25519 -N '' -C ${`understudy-${at.slug}`} -f "$key" || exit 1; }
cat -- "$key.pub"`,
  )

/** Prints the public key; nothing when there is none. */
export const readKey = (at: PairPlaces): Command =>
  asKeeper(at, sh`[ ! -s ${syncKeyPath(at)} ] || cat -- ${`${syncKeyPath(at)}.pub`}`)

export const removeKey = (at: PairPlaces): Command =>
  asKeeper(
    at,
    sh`rm -f -- ${syncKeyPath(at)} ${`${syncKeyPath(at)}.pub`}; rmdir -- ${pairDirectory(at)} 2>/dev/null || true`,
  )

/**
 * The line for authorized_keys (sshd(8)): from the standby's address alone, no terminal, no forwarding, and whatever is
 * asked for, only `understudy-send` runs.
 */
export function authorizedLine(
  { standbyAddress, places: { primary } }: Pick<Sync, 'standbyAddress' | 'places'>,
  publicKey: string,
): string {
  return `restrict,from="${standbyAddress}",command="${sendProgram(primary)} ${primary.slug}" ${publicKey.trim()}`
}

/** What the login user itself keeps of its authorized_keys, in a directory of its own. */
export const accessDirectory = (at: PairPlaces): string => `${pairDirectory(at)}/access`

/** The directory in which `addAuthorization` keeps the file as it was; the user's own, because the user's file is never root's affair. */
export const makeAccessDirectory = (at: PairPlaces, user: string): Command =>
  asKeeper(
    at,
    at.keeper === 'root'
      ? sh`${makePairDirectory(at)} && install -d -m 0700 -- ${accessDirectory(at)} && chown -h -- ${user} ${accessDirectory(at)}`
      : sh`${makePairDirectory(at)} && install -d -m 0700 -- ${accessDirectory(at)}`,
  )

export const removeAccessDirectory = (at: PairPlaces): Command =>
  asKeeper(at, sh`rmdir -- ${accessDirectory(at)} ${pairDirectory(at)} 2>/dev/null; true`)

const keysOf = (user: string): Command =>
  sh`home=$(getent passwd -- ${user} | cut -d: -f6) && [ -n "$home" ] || exit 1
dir=$home/.ssh; file=$(readlink -f -- "$dir/authorized_keys" || echo "$dir/authorized_keys")`

/**
 * Adds the line to the login user's authorized_keys, and keeps the file as it was (in `makeAccessDirectory`), so that
 * `removeAuthorization` can bring it back byte for byte. Does nothing when the line is there. Runs as that user.
 */
export const addAuthorization = (at: PairPlaces, user: string, line: string): Command =>
  sh`umask 077; ${keysOf(user)}
line=${line}; kept=${`${accessDirectory(at)}/authorized_keys`}
grep -qxF -- "$line" "$file" 2>/dev/null && exit 0
rm -f -- "$kept".* || exit 1
if [ -e "$file" ]; then cp -p -- "$file" "$kept.before" || exit 1
elif [ -d "$dir" ]; then : >"$kept.no-file" || exit 1
else : >"$kept.no-directory" && mkdir -m 0700 -- "$dir" || exit 1; fi
new=$(mktemp -- "$dir/.authorized_keys.XXXXXX") || exit 1
[ ! -e "$file" ] || cp -p -- "$file" "$new" || exit 1
[ -z "$(tail -c 1 -- "$new")" ] || echo >>"$new"
printf '%s\n' "$line" >>"$new" && sync -- "$new" && mv -fT -- "$new" "$file"`

/** Exit code 0 when the line stands in the login user's authorized_keys. */
export const findAuthorization = (user: string, line: string): Command =>
  sh`${keysOf(user)}
grep -qxF -- ${line} "$file" 2>/dev/null`

const ownLine = (at: PairPlaces): string => `command="${sendProgram(at)} ${at.slug}" `

/** Exit code 0 when a line of the pair, whatever its key, stands in the login user's authorized_keys. */
export const findOwnAuthorization = (at: PairPlaces, user: string): Command =>
  sh`${keysOf(user)}
grep -qsF -- ${ownLine(at)} "$file"`

/** Takes the pair's line away: the file as it was if nobody else has changed it meanwhile, else all but that line. */
export const removeAuthorization = (at: PairPlaces, user: string): Command =>
  sh`umask 077; ${keysOf(user)}
kept=${`${accessDirectory(at)}/authorized_keys`}; mine=${ownLine(at)}
if [ -e "$file" ] && grep -qF -- "$mine" "$file"; then
  new=$(mktemp -- "$dir/.authorized_keys.XXXXXX") || exit 1
  cp -p -- "$file" "$new" && { grep -vF -- "$mine" "$file" >"$new" || [ $? = 1 ]; } || exit 1
  if [ -e "$kept.before" ] && { cat -- "$kept.before"; [ -z "$(tail -c 1 -- "$kept.before")" ] || echo; } | cmp -s -- - "$new"; then
    cp -p -- "$kept.before" "$new"
  fi
  sync -- "$new" && mv -fT -- "$new" "$file" || exit 1
fi
if [ -e "$file" ] && [ ! -s "$file" ] && { [ -e "$kept.no-file" ] || [ -e "$kept.no-directory" ]; }; then rm -- "$file"; fi
[ ! -e "$kept.no-directory" ] || rmdir -- "$dir" 2>/dev/null
rm -f -- "$kept".*
true`

/**
 * From the standby: what the primary answers to this key. Exit code 255 is ssh's own: it was not let in. Else the limit of
 * the key is proved when the program refuses the command `true` with its own word `not-allowed`.
 */
export const proveAccess = ({
  primary,
  places: { standby: at },
}: Pick<Sync, 'primary' | 'places'>): Command =>
  asKeeper(
    at,
    sh`ssh -F /dev/null -i ${syncKeyPath(at)} -p ${primary.port} -o BatchMode=yes -o LogLevel=ERROR -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes \
  -o UserKnownHostsFile=${`${settingsDirectory(at)}/known_hosts`} -o GlobalKnownHostsFile=/dev/null -o ConnectTimeout=3 \
  -l ${primary.user} -- ${primary.address} true </dev/null`,
  )
