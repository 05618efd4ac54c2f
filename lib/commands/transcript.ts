import { type Command, sh, withStdin } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { HostPlaces } from '@/lib/domain/host-places'

/** How much of the log's end is looked at for what an operation wrote before. */
const lookedAtBytes = 8_000_000

/**
 * Appends lines (`transcriptLines` of one operation, its mark given) whose event is not in the log yet, so that it can be called
 * again and again. Counts what arrives first: a connection lost in the middle looks like the end of the input. Nothing is written
 * through a symbolic link, whenever it was put there (dd(1): O_NOFOLLOW): root may write here in a directory of the application's user.
 */
export function appendTranscript(
  path: string,
  mark: string,
  lines: readonly string[],
  place: Pick<HostPlaces, 'keeper'>,
): Command {
  const content = lines.join('\n')
  const command = sh`umask 027
log=${path}; text=$(cat); [ ! -L "$log" ] || exit 1
[ "\${#text}" -eq ${Buffer.byteLength(content)} ] || exit 75
append() { dd of="$log" oflag=append,nofollow conv=notrunc bs=64K status=none; }
mkdir -p -- "$(dirname -- "$log")" && append </dev/null && exec 9<"$log" && flock -w 5 9 || exit 1
last=$(tail -c ${lookedAtBytes} <&9 | sed -n ${`s/^[^ ]* \\[${mark} #\\([0-9]*\\)\\].*/\\1/p`} | tail -n 1)
printf '%s\\n' "$text" | awk -v last="\${last:-0}" '{ n = $3; gsub(/[^0-9]/, "", n); if (n + 0 > last + 0) print }' | append`
  return withStdin(asKeeper(place, command), content, false)
}
