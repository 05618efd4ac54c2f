import { AppError } from '@/lib/errors'

export type LogBytes = {
  /** Which file it is, for the next question (`logChunk`). */
  readonly file: string
  readonly sizeBytes: number
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Throws HOST_COMMAND_FAILED where the host found a link in the place of a log. */
export function refuseLink(output: string): void {
  if (output.startsWith('link=1'))
    throw new AppError('HOST_COMMAND_FAILED', 'The log is a symbolic link, which is not followed.', {
      fix: 'Put the file itself where the profile says, and find out who made the link.',
    })
}

/** The answer of the command `logChunk`; null where there is no such file. Throws HOST_COMMAND_FAILED on a link and on anything else. */
export function parseLogChunk(output: string): LogBytes | null {
  if (output.startsWith('absent=1')) return null
  refuseLink(output)
  const match = /^file=(\d+:\d+)\nsize=(\d+)\noffset=(\d+)\n([A-Za-z0-9+/=]*)\s*$/.exec(output)
  if (!match)
    throw new AppError(
      'HOST_COMMAND_FAILED',
      'The host gave an answer that can’t be read as a piece of a log.',
      {
        fix: 'Try again; look at the file on the host if it stays so.',
        detail: output.slice(0, 200),
      },
    )
  const [, file = '', size = '', offset = '', base64 = ''] = match
  return { file, sizeBytes: Number(size), offset: Number(offset), bytes: Buffer.from(base64, 'base64') }
}

export type LogText = { readonly text: string; readonly offset: number; readonly nextOffset: number }

const isContinuation = (byte: number | undefined) =>
  byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000

/** How many bytes the UTF-8 character has that this byte begins (RFC 3629, 3); 1 for what can't begin one. */
function characterLength(byte: number): number {
  if (byte >= 0xf0 && byte <= 0xf4) return 4
  if (byte >= 0xe0) return byte <= 0xef ? 3 : 1
  return byte >= 0xc2 ? 2 : 1
}

/** Bytes of a character that is cut off at the end, 0 when the last one is whole. */
function cutBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]
    if (byte === undefined || isContinuation(byte)) continue
    return characterLength(byte) > back ? back : 0
  }
  return 0
}

/**
 * Bytes as text that neither begins nor ends within a character: the offsets move to the character's border. Bytes that
 * are no UTF-8 become U+FFFD. A character that is cut off at the end waits for the next piece.
 */
export function toLogText({ bytes, offset }: Pick<LogBytes, 'bytes' | 'offset'>): LogText {
  let start = 0
  if (offset > 0) while (start < 3 && isContinuation(bytes[start])) start += 1
  const rest = bytes.subarray(start)
  const whole = rest.subarray(0, rest.length - cutBytes(rest))
  return {
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole),
    offset: offset + start,
    nextOffset: offset + start + whole.length,
  }
}
