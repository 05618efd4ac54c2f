'use client'
import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { createLiveStore, type LiveState, type LiveStore } from '@/components/data/live-store'
import { queries } from '@/components/data/queries'
import type { OperationView, PairView, StreamEvent } from '@/lib/domain/views'

/** The dashboard beats every 2 s; after this silence the line counts as lost (`docs/http.md`). */
const silenceMs = 6_000
const reopenMs = 2_000
const batchMs = 60

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

function followStream(client: QueryClient, store: LiveStore): () => void {
  const batch = createBatch(client)
  let source: EventSource | null = null
  let openedMs = 0
  let isFirst = true
  const open = () => {
    source?.close()
    openedMs = Date.now()
    source = new EventSource('/api/v1/stream')
    source.onopen = () => {
      // A new line begins with what goes on: an operation that ended while there was none is asked for.
      if (!isFirst) void client.invalidateQueries({ queryKey: ['operation'] })
      isFirst = false
    }
    source.onmessage = (message) => {
      const event = JSON.parse(String(message.data)) as StreamEvent
      store.heard(Date.now(), event.type === 'beat' ? event.at : null)
      if (event.type !== 'beat') batch.take(event)
    }
  }
  const look = () => {
    const heardMs = Math.max(openedMs, store.get().lastHeardMs ?? 0)
    const isRefused = source?.readyState === EventSource.CLOSED
    if (Date.now() - heardMs < silenceMs && !isRefused) return
    store.lost()
    if (Date.now() - openedMs < reopenMs) return
    // A stream that is refused, not silent, may mean that the session has ended: this query then leads to sign-in.
    if (isRefused) void client.refetchQueries({ queryKey: queries.pairs().queryKey })
    open()
  }
  open()
  const timer = setInterval(look, 1_000)
  document.addEventListener('visibilitychange', look)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
    batch.close()
    source?.close()
  }
}

type ViewEvent = Exclude<StreamEvent, { type: 'beat' }>

/** Views of one moment are put into the cache together: five hundred pairs must not draw the page five hundred times. */
function createBatch(client: QueryClient) {
  const waiting = new Map<string, ViewEvent>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    const events = [...waiting.values()]
    waiting.clear()
    const pairs = new Map<string, PairView>()
    for (const event of events) {
      if (event.type === 'pairs') forgetOthers(client, new Set(event.slugs))
      else if (event.type === 'operation') put(client, queries.operation(event.id).queryKey, event.view)
      else {
        pairs.set(event.slug, event.view)
        put(client, queries.pair(event.slug).queryKey, event.view)
      }
    }
    if (pairs.size > 0)
      client.setQueryData(queries.pairs().queryKey, (known) => known && withPairs(known, pairs))
  }
  return {
    take: (event: ViewEvent) => {
      // What was told of a pair before it went must not bring it back.
      if (event.type === 'pairs')
        for (const [key, known] of waiting)
          if (known.type === 'pair' && !event.slugs.includes(known.slug)) waiting.delete(key)
      const subject = event.type === 'pair' ? event.slug : event.type === 'operation' ? event.id : ''
      waiting.set(`${event.type} ${subject}`, event)
      timer ??= setTimeout(flush, batchMs)
    },
    close: () => clearTimeout(timer),
  }
}

/** An answer that is on its way was read before what the stream brings: it must not take its place. */
function put(client: QueryClient, queryKey: QueryKey, view: OperationView | PairView) {
  void client.cancelQueries({ queryKey, exact: true })
  client.setQueryData(queryKey, view)
}

/** Pairs that are gone leave the list; a page that shows one, or one of its operations, asks again and is told. */
function forgetOthers(client: QueryClient, slugs: ReadonlySet<string>) {
  const { queryKey: list } = queries.pairs()
  const isKnown = client.getQueryData(list)?.some((view) => !slugs.has(view.pair.slug))
  client.setQueryData(list, (known) => known?.filter((view) => slugs.has(view.pair.slug)))
  // An answer that is on its way may still have it: the list is asked for anew, and that one is dropped.
  if (isKnown) void client.invalidateQueries({ queryKey: list })
  for (const [queryKey, view] of client.getQueriesData<PairView>({ queryKey: ['pair'] }))
    if (view && !slugs.has(view.pair.slug)) void client.invalidateQueries({ queryKey })
  for (const [queryKey, view] of client.getQueriesData<OperationView>({ queryKey: ['operation'] }))
    if (view && !slugs.has(view.pairSlug)) void client.invalidateQueries({ queryKey })
}

/** The same list with the new views in their old places: rows must not jump while they are read. */
function withPairs(known: readonly PairView[], fresh: ReadonlyMap<string, PairView>): readonly PairView[] {
  const slugs = new Set(known.map((view) => view.pair.slug))
  const added = [...fresh.values()].filter((view) => !slugs.has(view.pair.slug))
  return [...known.map((view) => fresh.get(view.pair.slug) ?? view), ...added]
}
