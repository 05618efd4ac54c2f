import { type Command, sh } from '@/lib/commands/command'

/**
 * Reads `limit` bytes of a file from byte `offset` on, never more; -1 is the last `limit` bytes, and an offset behind the
 * end (the file was rotated or emptied) is 0. Prints `size=…`, `offset=…`, then the bytes in base64 so that what is
 * not text passes too; `absent=1` where there is no such file, which is not an error. A symbolic link is not followed
 * (`link=1`): this may run as root in a directory of the application's user, who could point it at any file. Nor one that takes
 * the file's place after it was looked at: it is opened with O_NOFOLLOW (dd(1)).
 */
export function logChunk(path: string, offset: number, limit: number): Command {
  return sh`f=${path}; if [ -L "$f" ]; then echo link=1; exit 0; fi
if [ ! -f "$f" ]; then echo absent=1; exit 0; fi
size=$(stat -L -c %s -- "$f") || exit 1
offset=${offset}
if [ "$offset" -lt 0 ]; then offset=$((size > ${limit} ? size - ${limit} : 0)); fi
if [ "$offset" -gt "$size" ]; then offset=0; fi
printf 'size=%s\noffset=%s\n' "$size" "$offset"
dd if="$f" iflag=nofollow,nonblock,fullblock,skip_bytes,count_bytes skip="$offset" count=${limit} bs=64K status=none | base64 -w 0`
}
