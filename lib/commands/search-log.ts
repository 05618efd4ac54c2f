import { type Command, sh } from '@/lib/commands/command'
import { withWholeInput } from '@/lib/commands/whole-input'
import { type LoudnessAsked, loudExpression } from '@/lib/domain/log-severity'

/** Matches that are told, the latest ones; bytes of each line. */
export const searchLimits = { linesMax: 500, lineBytesMax: 2_000 } as const

/** Behind the byte at which a line begins. */
const behindPlace = (loudness: 'error' | 'warning') => `^[0-9]*:.*(${loudExpression(loudness)})`

/**
 * Looks through a whole log for lines that have `text` in them (ASCII letters without regard to case; empty: every line) and are as loud as
 * asked. Prints `file=…` and `size=…`, then in base64 `count=…` and the latest matches, oldest first, each behind the byte that it begins at;
 * `absent=1` and `link=1` as `logChunk`, and opened like there. The text goes in by standard input: it may be anything that is one line.
 */
export function searchLog(
  path: string,
  { text, loudness }: { text: string; loudness: LoudnessAsked },
): Command {
  return withWholeInput(
    sh`f=${path}
if [ -L "$f" ]; then echo link=1; exit 0; fi
if [ ! -f "$f" ]; then echo absent=1; exit 0; fi
stat -L -c 'file=%d:%i' -- "$f" && stat -L -c 'size=%s' -- "$f" || exit 1
export LC_ALL=C
text=$(sed -n 1p -- "$input")
case $(sed -n 2p -- "$input") in
  error) loud=${behindPlace('error')} ;;
  warning) loud=${behindPlace('warning')} ;;
  *) loud= ;;
esac
dd if="$f" iflag=nofollow,nonblock bs=1M status=none | grep -abiF -e "$text" | grep -aiE -e "$loud" |
  awk -v max=${searchLimits.linesMax} '{ kept[NR % max] = substr($0, 1, ${searchLimits.lineBytesMax}) }
    END { print "count=" NR; for (i = NR > max ? NR - max + 1 : 1; i <= NR; i++) print kept[i % max] }' |
  base64 -w 0`,
    `${text}\n${loudness}\n`,
    false,
  )
}
