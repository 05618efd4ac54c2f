import { type Command, sh } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { Sync } from '@/lib/commands/sync'
import { accessDirectory, keysOf, makePairDirectory, ownLine, signIn } from '@/lib/commands/sync-access'
import type { PairPlaces } from '@/lib/domain/host-places'
import {
  knownHostsPath,
  pairFilePath,
  rotationDirectory,
  runsDirectory,
  sourceMarkName,
  syncKeyPath,
} from '@/lib/domain/sync-names'

/** What is kept of the primary's authorized_keys while a rotation can be taken back. */
export const rotationKept = (mark: string): string => `rotation-${mark}`

/** Names of the files of a rotation, for shell texts. */
const namesOf = (at: PairPlaces, mark: string): Command => {
  const kept = rotationDirectory(at, mark)
  return sh`umask 077; kept=${kept}; key=${syncKeyPath(at)}; new=${`${kept}/key`}; old=${`${kept}/old`}`
}

/** Shell function: a copy that is whole, or not there. */
const copyWhole = sh`copy() { [ -e "$2" ] || { cp -p -- "$1" "$2.part" && sync -- "$2.part" && mv -fT -- "$2.part" "$2"; }; }`

/** The comment of a key says which operation has made it. */
const commentOf = ({ slug }: PairPlaces, mark: string): string => `understudy-${slug}-${mark}`

/** Makes the new key beside the one in place. Its private part never leaves the host. Does nothing when it is made. */
export const makeNewKey = (at: PairPlaces, mark: string): Command =>
  asKeeper(
    at,
    sh`${namesOf(at, mark)}
${makePairDirectory(at)} && mkdir -p -- "$kept" || exit 1
[ -s "$new" ] && [ -s "$new.pub" ] || { rm -f -- "$new" "$new.pub"; ssh-keygen -q -t ed25519 -N '' -C ${commentOf(at, mark)} -f "$new" || exit 1; }
sync -- "$new" "$new.pub"`,
  )

/** Prints the public part of the key that this operation has made, wherever it is by now; nothing when it is not made. */
export const readNewKey = (at: PairPlaces, mark: string): Command =>
  asKeeper(
    at,
    sh`${namesOf(at, mark)}
grep -hsF -- ${` ${commentOf(at, mark)}`} "$new.pub" "$key.pub" | head -n 1`,
  )

export const dropNewKey = (at: PairPlaces, mark: string): Command =>
  asKeeper(
    at,
    sh`${namesOf(at, mark)}; rm -f -- "$new" "$new.pub" "$kept"/*.part; rmdir -- "$kept" 2>/dev/null; true`,
  )

const reachPaths = (at: PairPlaces) => [knownHostsPath(at), pairFilePath(at)]

/** Keeps what tells the standby how the primary is reached, until the rotation is over. Once is enough: what is kept stays. */
export const keepReach = (at: PairPlaces, mark: string): Command =>
  asKeeper(
    at,
    sh`${namesOf(at, mark)}
${makePairDirectory(at)} && mkdir -p -- "$kept" || exit 1
${copyWhole}
for file in ${reachPaths(at)}; do
  as=$kept/\${file##*/}
  if [ -e "$as" ] || [ -e "$as.absent" ]; then continue; fi
  if [ -e "$file" ]; then copy "$file" "$as"; else : >"$as.absent"; fi || exit 1
done`,
  )

/** Brings that back as it was. */
export const bringReachBack = (at: PairPlaces, mark: string): Command =>
  asKeeper(
    at,
    sh`${namesOf(at, mark)}
for file in ${reachPaths(at)}; do
  as=$kept/\${file##*/}
  if [ -e "$as" ]; then cp -p -- "$as" "$file.part" && sync -- "$file.part" && mv -fT -- "$file.part" "$file" && rm -- "$as"
  elif [ -e "$as.absent" ]; then rm -f -- "$file" "$as.absent"; fi || exit 1
done
rm -f -- "$kept"/*.part
rmdir -- "$kept" 2>/dev/null; true`,
  )

/**
 * Puts the new key in the place of the old one, which is kept; an empty file says that there was none. ssh(1) reads the public part from
 * the file beside the key and, where there is none, from the key itself: so whenever a copy begins it has one whole key, the old
 * or the new one. May run again wherever it was broken off, as its counterpart may.
 */
export const placeNewKey = (at: PairPlaces, mark: string): Command =>
  asKeeper(
    at,
    sh`${namesOf(at, mark)}
${copyWhole}
if [ -s "$new" ]; then
  if [ -s "$key" ]; then { [ ! -s "$key.pub" ] || copy "$key.pub" "$old.pub"; } && copy "$key" "$old"
  else [ -e "$old" ] || : >"$old"; fi || exit 1
  rm -f -- "$key.pub" && mv -fT -- "$new" "$key" || exit 1
fi
[ ! -e "$new.pub" ] || mv -fT -- "$new.pub" "$key.pub" || exit 1
sync -- "$key" "$key.pub" "$kept"`,
  )

/** Exit code 0 when the key in place is the one that this operation has made. */
export const isNewKeyPlaced = (at: PairPlaces, mark: string): Command =>
  asKeeper(
    at,
    sh`${namesOf(at, mark)}
[ ! -e "$new" ] && [ ! -e "$new.pub" ] && [ -s "$key" ] && grep -qsF -- ${` ${commentOf(at, mark)}`} "$key.pub"`,
  )

/** Puts the old key back in its place, and the new one beside it. */
export const putOldKeyBack = (at: PairPlaces, mark: string): Command =>
  asKeeper(
    at,
    sh`${namesOf(at, mark)}
${copyWhole}
if [ -e "$old" ]; then
  if [ ! -e "$new" ]; then { [ -e "$new.pub" ] || copy "$key.pub" "$new.pub"; } && copy "$key" "$new" || exit 1; fi
  rm -f -- "$key.pub" || exit 1
  if [ -s "$old" ]; then mv -fT -- "$old" "$key"; else rm -f -- "$key" "$old"; fi || exit 1
fi
[ ! -e "$old.pub" ] || mv -fT -- "$old.pub" "$key.pub" || exit 1
[ ! -d "$kept" ] || sync -- "$kept"`,
  )

/**
 * Reads with the new key what it is for, as a copy does: of each directory its mark. A line each, `id read` or `id` and why not; then
 * what the primary answers to the command `true`, behind `> `. Parsed by `parseReading`.
 */
export function proveReading(sync: Pick<Sync, 'primary' | 'places' | 'directories'>, mark: string): Command {
  const at = sync.places.standby
  const { user, address, port } = sync.primary
  const ids = sync.directories.map(({ id }) => id)
  return asKeeper(
    at,
    sh`${namesOf(at, mark)}; hosts=${knownHostsPath(at)}
[ ! -s "$new" ] || key=$new
got=${rotationDirectory(at, 'read')}-$$; mkdir -- "$got" || exit 1
trap 'rm -rf -- "$got"' EXIT
for id in ${ids}; do
  why=$(rsync -r --timeout=20 --include=${`/${sourceMarkName}`} '--exclude=*' -e "${signIn(port, "'")}" -- ${`${user}@[${address}]:`}"$id/" "$got/$id/" </dev/null 2>&1 >/dev/null | head -n 1)
  if [ -s "$got/$id/"${sourceMarkName} ]; then echo "$id read"; else echo "$id $why"; fi
done
echo "> $(${signIn(port)} -l ${user} -- ${address} true </dev/null 2>&1 | head -n 1)"`,
  )
}

/** How long after the exchange a copy that began before it may still have to sign in: as long as the runner's ssh may take to connect, and its sign-in. */
const settleSeconds = 15

/** Exit code 0 when no copy is left that may have taken up the old key and not yet signed in with it. */
export const isExchangeSettled = (at: PairPlaces, ids: readonly string[]): Command =>
  asKeeper(
    at,
    sh`placed=$(stat -c %Z -- ${syncKeyPath(at)}) && cd ${runsDirectory(at)} 2>/dev/null || exit 0
[ "$(($(date +%s) - placed))" -lt ${settleSeconds} ] || exit 0
for id in ${ids}; do
  start=
  { read -r pid began <"$id.running" && read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ <"/proc/$pid/stat"; } 2>/dev/null
  [ -z "$start" ] || [ "$start" != "$began" ] || exit 1
done`,
  )

/** Takes away the pair's lines but this one, which must be there; and what was kept to take a rotation back. Runs as the login user. */
export const keepOneAuthorization = (at: PairPlaces, user: string, line: string): Command =>
  sh`umask 077; ${keysOf(user)}
line=${line}; mine=${ownLine(at)}
grep -qxF -- "$line" "$file" || exit 1
new=$(mktemp -- "$dir/.authorized_keys.XXXXXX") || exit 1
cp -p -- "$file" "$new" && line=$line mine=$mine awk 'index($0, ENVIRON["mine"]) == 0 || $0 == ENVIRON["line"] && !seen++' "$file" >"$new" || exit 1
sync -- "$new" && mv -fT -- "$new" "$file" || exit 1
rm -f -- ${`${accessDirectory(at)}/${rotationKept('')}`}*`

/** Exit code 0 when of the pair's lines this one is there alone. */
export const isOneAuthorization = (at: PairPlaces, user: string, line: string): Command =>
  sh`${keysOf(user)}
[ "$(grep -sF -- ${ownLine(at)} "$file")" = ${line} ]`

/**
 * From the standby: whether the primary lets in any key that is not in place any more. For each a line `CODE`, ssh(1)'s exit code: 255 where
 * it was not let in.
 */
export const tryOldKeys = ({
  primary: { address, port, user },
  places: { standby: at },
}: Pick<Sync, 'primary' | 'places'>): Command =>
  asKeeper(
    at,
    sh`hosts=${knownHostsPath(at)}
for key in ${rotationDirectory(at, '')}*/key ${rotationDirectory(at, '')}*/old; do
  [ -s "$key" ] || continue
  ${signIn(port)} -l ${user} -- ${address} true </dev/null >/dev/null 2>&1
  echo "$?"
done`,
  )

/** Removes the old key, and all that was kept to take a rotation back. */
export const endRotation = (at: PairPlaces): Command =>
  asKeeper(at, sh`rm -rf -- ${rotationDirectory(at, '')}*`)

/** Exit code 0 when nothing of a rotation is left. */
export const isRotationOver = (at: PairPlaces): Command =>
  asKeeper(at, sh`for left in ${rotationDirectory(at, '')}*; do [ ! -e "$left" ] || exit 1; done`)
