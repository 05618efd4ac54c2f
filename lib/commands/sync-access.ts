import { asRoot, type Command, sh } from '@/lib/commands/command'
import type { Sync } from '@/lib/commands/sync'
import { pairDirectory } from '@/lib/domain/pair-names'
import { sendProgram, settingsDirectory, syncKeyPath } from '@/lib/domain/sync-names'

/** The pair's directory on a host: others than root may pass through it, not read its secrets. */
const makePairDirectory = (slug: string): Command =>
  asRoot(sh`install -d -m 0755 -- /var/lib/understudy ${pairDirectory(slug)}`)

/** Makes the standby's key pair where there is none, and prints the public part. The private part never leaves the host. */
export const ensureKey = (slug: string): Command =>
  asRoot(sh`umask 077; key=${syncKeyPath(slug)}; ${makePairDirectory(slug)} || exit 1
[ -s "$key" ] && [ -s "$key.pub" ] || { rm -f -- "$key" "$key.pub"; ssh-keygen -q -t ed25519 -N '' -C ${`understudy-${slug}`} -f "$key" || exit 1; }
cat -- "$key.pub"`)

/** Prints the public key; nothing when there is none. */
export const readKey = (slug: string): Command =>
  asRoot(sh`[ ! -s ${syncKeyPath(slug)} ] || cat -- ${`${syncKeyPath(slug)}.pub`}`)

export const removeKey = (slug: string): Command =>
  asRoot(
    sh`rm -f -- ${syncKeyPath(slug)} ${`${syncKeyPath(slug)}.pub`}; rmdir -- ${pairDirectory(slug)} 2>/dev/null || true`,
  )

/**
 * The line for authorized_keys (sshd(8)): from the standby's address alone, no terminal, no forwarding, and whatever is
 * asked for, only `understudy-send` runs.
 */
export function authorizedLine(sync: Pick<Sync, 'slug' | 'standbyAddress'>, publicKey: string): string {
  return `restrict,from="${sync.standbyAddress}",command="${sendProgram} ${sync.slug}" ${publicKey.trim()}`
}

const keysOf = (user: string): Command =>
  sh`home=$(getent passwd -- ${user} | cut -d: -f6) && [ -n "$home" ] || exit 1
dir=$home/.ssh; file=$(readlink -f -- "$dir/authorized_keys" || echo "$dir/authorized_keys")`

/**
 * Adds the line to the user's authorized_keys, and keeps the file as it was beside the pair's state, so that
 * `removeAuthorization` can bring it back byte for byte. Does nothing when the line is there.
 */
export const addAuthorization = (slug: string, user: string, line: string): Command =>
  asRoot(sh`umask 077; ${keysOf(user)}
line=${line}; kept=${`${pairDirectory(slug)}/authorized_keys`}
grep -qxF -- "$line" "$file" 2>/dev/null && exit 0
${makePairDirectory(slug)} || exit 1
rm -f -- "$kept".*
if [ -e "$file" ]; then cp -p -- "$file" "$kept.before" || exit 1
elif [ -d "$dir" ]; then : >"$kept.no-file"
else : >"$kept.no-directory"; mkdir -m 0700 -- "$dir" && chown --reference="$home" -- "$dir" || exit 1; fi
new=$(mktemp -- "$dir/.authorized_keys.XXXXXX") || exit 1
if [ -e "$file" ]; then cp -p -- "$file" "$new"; else chown --reference="$dir" -- "$new"; fi || exit 1
[ -z "$(tail -c 1 -- "$new")" ] || echo >>"$new"
printf '%s\n' "$line" >>"$new" && sync -- "$new" && mv -fT -- "$new" "$file"`)

/** Exit code 0 when the line stands in the user's authorized_keys. */
export const findAuthorization = (user: string, line: string): Command =>
  asRoot(sh`${keysOf(user)}
grep -qxF -- ${line} "$file" 2>/dev/null`)

/** Takes the pair's line away: the file as it was if nobody else has changed it meanwhile, else all but that line. */
export const removeAuthorization = (slug: string, user: string): Command =>
  asRoot(sh`umask 077; ${keysOf(user)}
kept=${`${pairDirectory(slug)}/authorized_keys`}; mine=${`command="${sendProgram} ${slug}" `}
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
rm -f -- "$kept".*; rmdir -- ${pairDirectory(slug)} 2>/dev/null
true`)

/**
 * From the standby: what the primary answers to this key. Exit code 255 is ssh's own: it was not let in. Else the limit of
 * the key is proved when the program refuses the command `true` with its own word `not-allowed`.
 */
export const proveAccess = ({ slug, primary }: Pick<Sync, 'slug' | 'primary'>): Command =>
  asRoot(sh`ssh -F /dev/null -i ${syncKeyPath(slug)} -p ${primary.port} -o BatchMode=yes -o LogLevel=ERROR -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes \
  -o UserKnownHostsFile=${`${settingsDirectory(slug)}/known_hosts`} -o GlobalKnownHostsFile=/dev/null -o ConnectTimeout=3 \
  -l ${primary.user} -- ${primary.address} true </dev/null`)
