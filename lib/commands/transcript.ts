import { type Command, sh, withStdin } from '@/lib/commands/command'
import { asKeeper } from '@/lib/commands/keeper'
import type { HostPlaces } from '@/lib/domain/host-places'

/** How much of the log's end is looked at for what an operation wrote before. */
const lookedAtBytes = 8_000_000

/**
 * Appends lines (`transcriptLines` of one operation, its mark given) whose event is not in the log yet, so that it can be called
 * again and again. Counts what arrives first: a connection lost in the middle looks like the end of the input.
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
mkdir -p -- "$(dirname -- "$log")" && exec 9>>"$log" && flock -w 5 9 || exit 1
last=$(tail -c ${lookedAtBytes} -- "$log" | sed -n ${`s/^[^ ]* \\[${mark} #\\([0-9]*\\)\\].*/\\1/p`} | tail -n 1)
printf '%s\\n' "$text" | awk -v last="\${last:-0}" '{ n = $3; gsub(/[^0-9]/, "", n); if (n + 0 > last + 0) print }' >&9`
  return withStdin(asKeeper(place, command), content, false)
}
