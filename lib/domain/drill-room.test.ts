import { expect, test } from 'vitest'
import { drillReserveBytes, whyNoRoom } from '@/lib/domain/drill-room'

test('a drill gives way before a disk that the standby needs is full, and names it', () => {
  const free = (freeBytes: number) => [
    { path: '/data', freeBytes: 1e12 },
    { path: '/fast', freeBytes },
  ]
  expect(whyNoRoom(free(drillReserveBytes), 'beta')).toBeNull()
  expect(whyNoRoom([], 'beta')).toBeNull()
  expect(whyNoRoom(free(drillReserveBytes - 1), 'beta')).toMatch(
    / are left in \/fast on beta; a drill leaves /,
  )
})
