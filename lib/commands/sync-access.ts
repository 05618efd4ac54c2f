import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { Sync } from '@/lib/commands/sync'
import type { PairPlaces } from '@/lib/domain/host-places'
import { pairDirectory } from '@/lib/domain/pair-names'
import { knownHostsPath, rotationDirectory, sendProgram, syncKeyPath } from '@/lib/domain/sync-names'

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

/** Prints the public key, by the private one where a rotation that was broken off left that alone; nothing when there is none. */
export const readKey = (at: PairPlaces): Command =>
  asKeeper(
    at,
    sh`key=${syncKeyPath(at)}; [ ! -s "$key" ] || cat -- "$key.pub" 2>/dev/null || ssh-keygen -y -f "$key"`,
  )

/** With what a rotation that was broken off has left. */
export const removeKey = (at: PairPlaces): Command =>
  asKeeper(
    at,
    sh`rm -rf -- ${syncKeyPath(at)} ${`${syncKeyPath(at)}.pub`} ${rotationDirectory(at, '')}*; rmdir -- ${pairDirectory(at)} 2>/dev/null || true`,
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

/** The login user's file, and its directory, for shell texts. */
export const keysOf = (user: string): Command =>
  sh`home=$(getent passwd -- ${user} | cut -d: -f6) && [ -n "$home" ] || exit 1
dir=$home/.ssh; file=$(readlink -f -- "$dir/authorized_keys" || echo "$dir/authorized_keys")`

/** The first key's, for what is kept of authorized_keys in `makeAccessDirectory`. */
const firstKept = 'authorized_keys'

/**
 * Adds the line to the login user's authorized_keys, and keeps the file as it was (in `makeAccessDirectory`, by the name `kept`), so that
 * `removeAuthorization` can bring it back byte for byte. Does nothing when the line is there. Runs as that user.
 */
export const addAuthorization = (at: PairPlaces, user: string, line: string, kept = firstKept): Command =>
  sh`umask 077; ${keysOf(user)}
line=${line}; kept=${`${accessDirectory(at)}/${kept}`}
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

/** What every line of the pair has, and no line of another one. */
export const ownLine = (at: PairPlaces): string => `command="${sendProgram(at)} ${at.slug}" `

/** Exit code 0 when a line of the pair, whatever its key, stands in the login user's authorized_keys. */
export const findOwnAuthorization = (at: PairPlaces, user: string): Command =>
  sh`${keysOf(user)}
grep -qsF -- ${ownLine(at)} "$file"`

/** Takes away every line that `mine` is part of, or with `-x` is: the file as it was if nobody else has changed it meanwhile, else all others. */
const removeLines = (user: string, mine: string, kept: string, flags: '-F' | '-xF'): Command =>
  sh`umask 077; ${keysOf(user)}
kept=${kept}; mine=${mine}
if [ -e "$file" ] && grep -q ${flags} -- "$mine" "$file"; then
  new=$(mktemp -- "$dir/.authorized_keys.XXXXXX") || exit 1
  cp -p -- "$file" "$new" && { grep -v ${flags} -- "$mine" "$file" >"$new" || [ $? = 1 ]; } || exit 1
  if [ -e "$kept.before" ] && { cat -- "$kept.before"; [ -z "$(tail -c 1 -- "$kept.before")" ] || echo; } | cmp -s -- - "$new"; then
    cp -p -- "$kept.before" "$new"
  fi
  sync -- "$new" && mv -fT -- "$new" "$file" || exit 1
fi
if [ -e "$file" ] && [ ! -s "$file" ] && { [ -e "$kept.no-file" ] || [ -e "$kept.no-directory" ]; }; then rm -- "$file"; fi
[ ! -e "$kept.no-directory" ] || rmdir -- "$dir" 2>/dev/null
rm -f -- "$kept".*
true`

/** Takes the pair's lines away, whatever their keys, and all that was kept for them. */
export const removeAuthorization = (at: PairPlaces, user: string): Command =>
  sh`${removeLines(user, ownLine(at), `${accessDirectory(at)}/${firstKept}`, '-F')}
rm -f -- ${accessDirectory(at)}/*`

/** Takes one line away that `addAuthorization` has added under that name: the file is as it was before, and the others stay. */
export const takeBackAuthorization = (at: PairPlaces, user: string, line: string, kept: string): Command =>
  removeLines(user, line, `${accessDirectory(at)}/${kept}`, '-xF')

/**
 * How the standby signs in on the primary to prove a key: by this key and nothing else, and only where the host key is the pinned one. Shell
 * text that takes both from the variables `key` and `hosts`, in these quotes.
 */
export const signIn = (port: number, quotes: '"' | "'" = '"'): Command => ({
  ...sh``,
  text: `ssh -F /dev/null -i ${quotes}$key${quotes} -p ${port} -o BatchMode=yes -o LogLevel=ERROR -o IdentitiesOnly=yes -o PreferredAuthentications=publickey \\
  -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${quotes}$hosts${quotes} -o GlobalKnownHostsFile=/dev/null -o ConnectTimeout=3`,
})

/**
 * From the standby: what the primary answers to its key. Exit code 255 is ssh's own: it was not let in. Else the limit of
 * the key is proved when the program refuses the command `true` with its own word `not-allowed`.
 */
export const proveAccess = ({
  primary: { address, port, user },
  places: { standby: at },
}: Pick<Sync, 'primary' | 'places'>): Command =>
  asKeeper(
    at,
    sh`key=${syncKeyPath(at)}; hosts=${knownHostsPath(at)}
${signIn(port)} -l ${user} -- ${address} true </dev/null`,
  )

/** Whether it is what the primary says to a command that the key is not for: it was let in, and held to its limit. */
export const isHeldToLimit = (stderr: string): boolean => stderr.startsWith('understudy-send: not-allowed:')
