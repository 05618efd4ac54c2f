'use client'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { createLiveStore, type LiveState, type LiveStore } from '@/components/data/live-store'
import { queries } from '@/components/data/queries'
import type { PairView, StreamEvent } from '@/lib/domain/views'

/** The dashboard beats every 2 s; after this silence the line counts as lost (`docs/http.md`). */
const silenceMs = 6_000

const LiveContext = createContext<LiveStore>(createLiveStore())

/** The one event stream of this tab: every view that it brings goes straight into the cache. */
export function LiveStream({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [store] = useState(createLiveStore)
  useEffect(() => followStream(client, store), [client, store])
  return <LiveContext value={store}>{children}</LiveContext>
}

/** State of the connection to the dashboard itself. */
export function useLive(): LiveState {
  const store = useContext(LiveContext)
  return useSyncExternalStore(store.subscribe, store.get, store.get)
}

export const useLiveStore = () => useContext(LiveContext)

function followStream(client: QueryClient, store: LiveStore): () => void {
  let source: EventSource | null = null
  let openedMs = 0
  const open = () => {
    source?.close()
    openedMs = Date.now()
    source = new EventSource('/api/v1/stream')
    source.onmessage = (message) => {
      const event = JSON.parse(String(message.data)) as StreamEvent
      store.heard(Date.now(), event.type === 'beat' ? event.at : null)
      take(client, event)
    }
  }
  const look = () => {
    const heardMs = Math.max(openedMs, store.get().lastHeardMs ?? 0)
    if (Date.now() - heardMs < silenceMs && source?.readyState !== EventSource.CLOSED) return
    store.lost()
    if (Date.now() - openedMs > 2_000) open()
  }
  open()
  const timer = setInterval(look, 1_000)
  document.addEventListener('visibilitychange', look)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
    source?.close()
  }
}

function take(client: QueryClient, event: StreamEvent) {
  if (event.type === 'operation') {
    client.setQueryData(queries.operation(event.id).queryKey, event.view)
  } else if (event.type === 'pair') {
    client.setQueryData(queries.pair(event.slug).queryKey, event.view)
    client.setQueryData(queries.pairs().queryKey, (pairs) => pairs && withPair(pairs, event.view))
  }
}

/** The same list with this pair's new view in its old place: rows must not jump while they are read. */
function withPair(pairs: readonly PairView[], view: PairView): readonly PairView[] {
  const known = pairs.some((other) => other.pair.slug === view.pair.slug)
  return known ? pairs.map((other) => (other.pair.slug === view.pair.slug ? view : other)) : [...pairs, view]
}
