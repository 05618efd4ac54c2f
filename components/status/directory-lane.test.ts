import { expect, test } from 'vitest'
import { directoryLane } from '@/components/status/directory-lane'
import type { DirectoryState } from '@/components/status/directory-state'
import type { PairView } from '@/lib/domain/views'

const state = (tone: DirectoryState['tone'], isRunning = false) =>
  ({ tone, facts: { isRunning } }) as unknown as DirectoryState

const view = (given: { state?: string; isPaired?: boolean; isPrimarySeen?: boolean } = {}): PairView =>
  ({
    pair: { isPaired: given.isPaired ?? true },
    verdict: { state: given.state ?? 'protected' },
    observation: { hosts: { primary: { machine: { seen: given.isPrimarySeen ?? true } } } },
  }) as unknown as PairView

test('a directory’s stream moves only while a sync runs, and is broken where syncs fail', () => {
  expect(directoryLane(view(), state('ok'))).toEqual({ tone: 'ok', motion: 'idle' })
  expect(directoryLane(view(), state('busy', true))).toEqual({ tone: 'ok', motion: 'moving' })
  expect(directoryLane(view(), state('warn'))).toEqual({ tone: 'warn', motion: 'broken' })
})

test('from a primary whose host is dead nothing comes, however good the last copy is', () => {
  const dead = view({ state: 'no-primary', isPrimarySeen: false })
  expect(directoryLane(dead, state('ok'))).toEqual({ tone: 'bad', motion: 'broken' })
})

test('a primary whose PostgreSQL alone is down still gives its files', () => {
  expect(directoryLane(view({ state: 'no-primary' }), state('ok')).motion).toBe('idle')
})

test('a primary that only the dashboard does not see is not called dead', () => {
  expect(directoryLane(view({ state: 'degraded', isPrimarySeen: false }), state('ok')).motion).toBe('idle')
})

test('without a pair, or with a standby that is not seen, nothing is said to flow', () => {
  expect(directoryLane(view({ isPaired: false }), state('ok')).motion).toBe('broken')
  expect(directoryLane(view(), state('unknown'))).toEqual({ tone: 'unknown', motion: 'broken' })
})
