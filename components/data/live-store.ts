import type { Instant } from '@/lib/domain/observation'

export type LiveState = {
  readonly status: 'connecting' | 'open' | 'lost'
  /** Dashboard's clock minus this browser's, milliseconds; 0 until the first beat. */
  readonly clockOffsetMs: number
  /** By this browser's clock: when the stream last said anything. Null before. */
  readonly lastHeardMs: number | null
}

type Listener = () => void

/** What the tab knows of its connection to the dashboard; one per tab. */
export function createLiveStore() {
  let state: LiveState = { status: 'connecting', clockOffsetMs: 0, lastHeardMs: null }
  const listeners = new Set<Listener>()
  const set = (change: Partial<LiveState>) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  return {
    get: () => state,
    subscribe: (listener: Listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    /** Something came. `at` is the dashboard's time, where the message carries it. */
    heard: (nowMs: number, at: Instant | null) => {
      const status = 'open' as const
      // A beat travels one way: its delay makes the offset a few ms too small, far below what ages show.
      const clockOffsetMs = at === null ? state.clockOffsetMs : Date.parse(at) - nowMs
      const steady = Math.abs(clockOffsetMs - state.clockOffsetMs) < 250 ? state.clockOffsetMs : clockOffsetMs
      if (state.status === status && steady === state.clockOffsetMs) {
        state = { ...state, lastHeardMs: nowMs }
        return
      }
      set({ status, clockOffsetMs: steady, lastHeardMs: nowMs })
    },
    lost: () => {
      if (state.status !== 'lost') set({ status: 'lost' })
    },
  }
}

export type LiveStore = ReturnType<typeof createLiveStore>
