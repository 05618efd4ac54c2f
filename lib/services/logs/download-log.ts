import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { openLog } from '@/lib/services/logs/open-log'
import { requireRole } from '@/lib/services/require-role'

export type LogDownload = {
  readonly fileName: string
  /** Bytes that `pieces` come to: the file as it was when it was asked for. */
  readonly sizeBytes: number
  readonly pieces: AsyncGenerator<Uint8Array>
}

const pieceBytes = 1_048_576

/**
 * A whole log, byte for byte and one piece at a time: nobody holds all of it. Throws NOT_FOUND and HOST_*, CONFLICT while it is read where
 * the file was emptied, or rotated away more than once.
 */
export async function downloadLog(context: ServiceContext, input: unknown): Promise<LogDownload> {
  await requireRole(context, 'viewer', 'log.download')
  const { path, hostName, read } = await openLog(context, input)
  const first = await read({ offset: 0, limit: pieceBytes, file: null })
  const { file, sizeBytes } = first
  async function* pieces() {
    yield first.bytes.subarray(0, sizeBytes)
    for (let offset = first.bytes.length; offset < sizeBytes; ) {
      const limit = Math.min(pieceBytes, sizeBytes - offset)
      const piece = await read({ offset, limit, file })
      if (piece.file !== file || piece.offset !== offset || piece.bytes.length === 0)
        throw new AppError('CONFLICT', `${path} on ${hostName} was rotated or emptied while it was read.`, {
          fix: 'Download it again.',
        })
      yield piece.bytes
      offset += piece.bytes.length
    }
  }
  return { fileName: `${hostName}-${path.split('/').at(-1)}`, sizeBytes, pieces: pieces() }
}
