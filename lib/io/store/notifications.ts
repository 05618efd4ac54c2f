import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { toStoreError } from '@/lib/io/store/store-error'
import type { Store, StoreChannel } from '@/lib/ports/store'

const channels = ['pairs', 'operations'] as const satisfies readonly StoreChannel[]
const beatMs = 5_000
const backoffMs = { first: 50, max: 2_000 }

type Handler = (id: string | null) => void

export type Notifications = { readonly listen: Store['listen']; close(): Promise<void> }

export type NotificationOptions = {
  /** A new, unconnected client for each attempt; its `query_timeout` bounds the beat. */
  readonly makeClient: () => pg.Client
  /** Told of each lost connection and each handler that threw. */
  readonly onError: (error: unknown) => void
}

/**
 * One connection that LISTENs on every channel, made at the first `listen` and kept until `close`. A connection that
 * ended, or no longer answers a question every 5 s, is replaced; then every handler is called with null.
 */
export function createNotifications({ makeClient, onError }: NotificationOptions): Notifications {
  const handlers = new Map<StoreChannel, Set<Handler>>(channels.map((channel) => [channel, new Set()]))
  const closing = new AbortController()
  let current: Promise<pg.Client> | null = null

  function call(handler: Handler, id: string | null): void {
    try {
      handler(id)
    } catch (error) {
      onError(error)
    }
  }

  async function connect(): Promise<pg.Client> {
    const client = makeClient()
    client.on('error', onError)
    client.on('notification', ({ channel, payload }) => {
      const known = channels.find((name) => name === channel)
      if (known) for (const handler of handlers.get(known) ?? []) call(handler, payload ?? null)
    })
    try {
      await client.connect()
      for (const channel of channels) await client.query(`listen ${channel}`)
    } catch (error) {
      await client.end().catch(onError)
      throw toStoreError(error)
    }
    const beat = setInterval(() => {
      client.query('select 1').catch((error: unknown) => {
        onError(toStoreError(error))
        client.end().catch(onError)
      })
    }, beatMs)
    client.once('end', () => {
      clearInterval(beat)
      if (!closing.signal.aborted) current = reconnect()
    })
    return client
  }

  async function reconnect(): Promise<pg.Client> {
    for (let waitMs = backoffMs.first; ; waitMs = Math.min(waitMs * 2, backoffMs.max)) {
      await pause(waitMs, undefined, { signal: closing.signal })
      try {
        const client = await connect()
        for (const set of handlers.values()) for (const handler of set) call(handler, null)
        return client
      } catch (error) {
        onError(error)
      }
    }
  }

  return {
    listen: async (channel, onChange) => {
      current ??= connect().catch((error: unknown) => {
        current = null
        throw error
      })
      handlers.get(channel)?.add(onChange)
      try {
        await current
      } catch (error) {
        handlers.get(channel)?.delete(onChange)
        throw error
      }
      return async () => {
        handlers.get(channel)?.delete(onChange)
      }
    },

    close: async () => {
      closing.abort()
      const client = await current?.catch(() => null)
      await client?.end()
    },
  }
}
