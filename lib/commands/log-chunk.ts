import { type Command, sh } from '@/lib/commands/command'

export type LogPiece = {
  readonly path: string
  /** Byte to begin at; -1: the last `limit` bytes. */
  readonly offset: number
  /** Bytes at most. */
  readonly limit: number
  /** The file that was read before, as an answer named it (`device:inode`); null where none was. */
  readonly file: string | null
}

/** The device and inode of no file: the form of the command is the same with and without one. */
const noFile = '0:0'

/**
 * Reads a piece of a log, never more than its limit. Where `path` is not `file` any more it was rotated (logrotate(8) makes `path.1` of
 * it): what was written there behind `offset` comes first, then the new file from its beginning. An offset behind the end (the file was
 * emptied) is 0. Prints `file=…`, `size=…`, `offset=…`, then the bytes in base64 so that what is not text passes too; `absent=1` where
 * there is no such file, which is not an error. A symbolic link is not followed (`link=1`): this may run as root in a directory of
 * the application's user, who could point it at any file. Nor one that takes the file's place after it was looked at: it is opened with
 * O_NOFOLLOW (dd(1)).
 */
export function logChunk({ path, offset, limit, file }: LogPiece): Command {
  return sh`f=${path} known=${file ?? noFile} offset=${offset}
of() { stat -c %d:%i -- "$1" 2>/dev/null; }
if [ "$known" != ${noFile} ] && [ "$(of "$f")" != "$known" ]; then
  if [ "$(of "$f.1")" = "$known" ] && { [ ! -e "$f" ] || [ "$(stat -c %s -- "$f.1")" -gt "$offset" ]; }; then f=$f.1; else offset=0; fi
fi
if [ -L "$f" ]; then echo link=1; exit 0; fi
if [ ! -f "$f" ]; then echo absent=1; exit 0; fi
size=$(stat -L -c %s -- "$f") || exit 1
if [ "$offset" -lt 0 ]; then offset=$((size > ${limit} ? size - ${limit} : 0)); fi
if [ "$offset" -gt "$size" ]; then offset=0; fi
printf 'file=%s\nsize=%s\noffset=%s\n' "$(of "$f")" "$size" "$offset"
dd if="$f" iflag=nofollow,nonblock,fullblock,skip_bytes,count_bytes skip="$offset" count=${limit} bs=64K status=none | base64 -w 0`
}
