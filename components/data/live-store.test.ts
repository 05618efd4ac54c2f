import { expect, test, vi } from 'vitest'
import { createLiveStore } from '@/components/data/live-store'

const at = (ms: number) => new Date(ms).toISOString()

test('the dashboard’s clock is followed, and jitter of a beat does not move it', () => {
  const store = createLiveStore()
  store.heard(1_000_000, at(1_007_000))
  expect(store.get().clockOffsetMs).toBe(7_000)
  store.heard(1_002_000, at(1_008_900))
  expect(store.get().clockOffsetMs).toBe(7_000)
  store.heard(1_004_000, at(1_014_000))
  expect(store.get().clockOffsetMs).toBe(10_000)
})

test('listeners hear of a change of status, not of every message', () => {
  const store = createLiveStore()
  const listener = vi.fn()
  store.subscribe(listener)
  store.heard(1_000, null)
  store.heard(2_000, null)
  expect(listener).toHaveBeenCalledTimes(1)
  expect(store.get().lastHeardMs).toBe(2_000)
  store.lost()
  store.lost()
  expect(listener).toHaveBeenCalledTimes(2)
  expect(store.get().status).toBe('lost')
})
