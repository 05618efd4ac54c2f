'use client'
import { useSyncExternalStore } from 'react'
import { useLive } from '@/components/data/live-stream'

const listeners = new Set<() => void>()
let nowMs = 0
let timer: ReturnType<typeof setInterval> | null = null

function tick() {
  nowMs = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, 1_000)
  nowMs = Date.now()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

const read = () => {
  if (nowMs === 0) nowMs = Date.now()
  return nowMs
}

/**
 * Milliseconds since the epoch by the dashboard's clock, renewed each second by one timer for the whole page.
 * Only in components that render in the browser alone.
 */
export function useNow(): number {
  const now = useSyncExternalStore(subscribe, read, read)
  return now + useLive().clockOffsetMs
}
