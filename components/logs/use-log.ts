'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { apiClient } from '@/components/data/api-client'
import { firstLines, type LogLines, withEarlier, withNewer } from '@/components/logs/log-lines'
import type { Role } from '@/lib/domain/pair'
import type { LogChunk } from '@/lib/domain/views'

const pieceBytes = 65_536
const pauseMs = 1_500

export type LogSource = { readonly slug: string; readonly log: string; readonly host: Role }

/** Path of a log at the API, below `/api/v1`. */
const logPath = ({ slug, log }: LogSource, action = '') =>
  `/pairs/${encodeURIComponent(slug)}/logs/${encodeURIComponent(log)}${action}`

/** Where the whole file can be had, byte for byte. */
export const downloadAddress = (source: LogSource): string =>
  `/api/v1${logPath(source, '/download')}?host=${source.host}`

function readPiece(
  source: LogSource,
  { offset, limit, file }: { offset: number; limit: number; file: string | null },
  signal?: AbortSignal,
) {
  const ofFile = file === null ? '' : `&file=${file}`
  const query = `host=${source.host}&offset=${offset}&limit=${limit}${ofFile}`
  return apiClient.get<LogChunk>(`${logPath(source)}?${query}`, signal)
}

export type LogHandle = {
  readonly lines: LogLines | null
  readonly error: unknown
  readonly loadEarlier: () => Promise<void>
}

/** The end of a log file, followed while `isFollowing`; earlier pieces on demand. One source for each mount. */
export function useLog(source: LogSource, isFollowing: boolean): LogHandle {
  const [lines, setLines] = useState<LogLines | null>(null)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef<LogLines | null>(null)
  const { slug, log, host } = source
  useEffect(() => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const take = (next: LogLines) => {
      latest.current = next
      setLines(next)
      setError(null)
    }
    const look = async () => {
      const known = latest.current
      try {
        const piece = { offset: known?.nextOffset ?? -1, limit: pieceBytes, file: known?.file ?? null }
        const chunk = await readPiece({ slug, log, host }, piece, abort.signal)
        take(known ? withNewer(known, chunk) : firstLines(chunk))
      } catch (failed) {
        if (abort.signal.aborted) return
        setError(failed)
      }
      if (isFollowing && !abort.signal.aborted) timer = setTimeout(look, pauseMs)
    }
    if (isFollowing || latest.current === null) void look()
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [slug, log, host, isFollowing])

  const loadEarlier = useCallback(async () => {
    const known = latest.current
    if (!known || known.startOffset === 0) return
    const offset = Math.max(0, known.startOffset - pieceBytes)
    try {
      const chunk = await readPiece(
        { slug, log, host },
        { offset, limit: known.startOffset - offset, file: null },
      )
      latest.current = withEarlier(latest.current ?? known, chunk)
      setLines(latest.current)
    } catch (failed) {
      setError(failed)
    }
  }, [slug, log, host])

  return { lines, error, loadEarlier }
}
