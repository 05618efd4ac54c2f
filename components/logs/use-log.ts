'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { apiClient } from '@/components/data/api-client'
import { firstLines, type LogLines, withEarlier, withLater, withNewer } from '@/components/logs/log-lines'
import type { LoudnessAsked } from '@/lib/domain/log-severity'
import type { Role } from '@/lib/domain/pair'
import type { LogChunk, LogMatchesView } from '@/lib/domain/views'

const pieceBytes = 65_536
const pauseMs = 1_500

export type LogSource = { readonly slug: string; readonly log: string; readonly host: Role }

/** Path of a log at the API, below `/api/v1`. */
const logPath = ({ slug, log }: LogSource, action = '') =>
  `/pairs/${encodeURIComponent(slug)}/logs/${encodeURIComponent(log)}${action}`

/** Looks through the whole file on its host. Throws ApiProblem. */
export const searchWholeLog = (
  source: LogSource,
  { text, loudness }: { text: string; loudness: LoudnessAsked },
  signal?: AbortSignal,
): Promise<LogMatchesView> => {
  const query = `host=${source.host}&text=${encodeURIComponent(text)}&loudness=${loudness}`
  return apiClient.get(`${logPath(source, '/search')}?${query}`, signal)
}

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
  readonly loadLater: () => Promise<void>
}

/** What is read first: the end, or what lies around a byte. */
const firstPiece = (from: number | null) => ({
  offset: from === null ? -1 : Math.max(0, from - pieceBytes / 4),
  limit: pieceBytes,
  file: null,
})

/**
 * The end of a log file, followed while `isFollowing`, or the part of it around the byte `from`; earlier and later pieces on demand. One
 * source and place for each mount.
 */
export function useLog(source: LogSource, isFollowing: boolean, from: number | null): LogHandle {
  const [lines, setLines] = useState<LogLines | null>(null)
  const [error, setError] = useState<unknown>(null)
  const latest = useRef<LogLines | null>(null)
  const { slug, log, host } = source
  const take = useCallback((next: LogLines) => {
    latest.current = next
    setLines(next)
    setError(null)
  }, [])
  useEffect(() => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      const known = latest.current
      try {
        const piece = known
          ? { offset: known.nextOffset, limit: pieceBytes, file: known.file }
          : firstPiece(from)
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
  }, [slug, log, host, isFollowing, from, take])

  const load = useCallback(
    async (piece: { offset: number; limit: number }, join: typeof withEarlier) => {
      const known = latest.current
      if (!known) return
      try {
        const chunk = await readPiece({ slug, log, host }, { ...piece, file: known.file })
        // Of a file that is gone there is nothing more.
        if (chunk.file === known.file) take(join(latest.current ?? known, chunk))
        else take({ ...known, startOffset: 0, sizeBytes: known.nextOffset })
      } catch (failed) {
        setError(failed)
      }
    },
    [slug, log, host, take],
  )
  const loadEarlier = useCallback(async () => {
    const end = latest.current?.startOffset ?? 0
    const offset = Math.max(0, end - pieceBytes)
    if (end > 0) await load({ offset, limit: end - offset }, withEarlier)
  }, [load])
  const loadLater = useCallback(async () => {
    const offset = latest.current?.nextOffset ?? 0
    await load({ offset, limit: pieceBytes }, withLater)
  }, [load])
  return { lines, error, loadEarlier, loadLater }
}
