'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { apiClient } from '@/components/data/api-client'
import { firstLines, type LogLines, withEarlier, withNewer } from '@/components/logs/log-lines'
import type { Role } from '@/lib/domain/pair'
import type { LogChunk } from '@/lib/domain/views'

const pieceBytes = 65_536
const pauseMs = 1_500

export type LogSource = { readonly slug: string; readonly log: string; readonly host: Role }

function readPiece({ slug, log, host }: LogSource, offset: number, limit: number, signal?: AbortSignal) {
  const part = encodeURIComponent
  return apiClient.get<LogChunk>(
    `/pairs/${part(slug)}/logs/${part(log)}?host=${host}&offset=${offset}&limit=${limit}`,
    signal,
  )
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
        const offset = known ? known.nextOffset : -1
        const chunk = await readPiece({ slug, log, host }, offset, pieceBytes, abort.signal)
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
      const chunk = await readPiece({ slug, log, host }, offset, known.startOffset - offset)
      latest.current = withEarlier(latest.current ?? known, chunk)
      setLines(latest.current)
    } catch (failed) {
      setError(failed)
    }
  }, [slug, log, host])

  return { lines, error, loadEarlier }
}

const downloadBytes = 1_048_576

/** The whole file, piece by piece. Throws ApiProblem. */
export async function readWholeLog(source: LogSource): Promise<string> {
  const texts: string[] = []
  let offset = 0
  for (;;) {
    const chunk = await readPiece(source, offset, downloadBytes)
    texts.push(chunk.text)
    if (chunk.nextOffset <= offset || chunk.nextOffset >= chunk.sizeBytes) return texts.join('')
    offset = chunk.nextOffset
  }
}
