import { expect, test } from 'vitest'
import { drillReserve, whyNoRoom } from '@/lib/domain/drill-room'

const limits = { hostName: 'beta', diskFreePercent: 5 }
const disks = (freeBytes: number, sizeBytes: number) => [
  { path: '/data', freeBytes: 1e12, sizeBytes: 2e12 },
  { path: '/fast', freeBytes, sizeBytes },
]

test('a drill gives way before a disk that the standby needs is full, and names it', () => {
  expect(whyNoRoom(disks(250_000_000, 1e9), limits)).toBeNull()
  expect(whyNoRoom([], limits)).toBeNull()
  expect(whyNoRoom(disks(249_999_999, 1e9), limits)).toBe(
    '250 MB are left in /fast on beta; a drill leaves 250 MB there.',
  )
})

test('and before so little is left that the pair would be degraded by it', () => {
  expect(drillReserve(100e9, 5)).toBe(5e9)
  expect(whyNoRoom(disks(5e9, 100e9), limits)).toBeNull()
  expect(whyNoRoom(disks(4.9e9, 100e9), limits)).toMatch(
    /^4\.9 GB are left in \/fast on beta; a drill leaves 5 GB/,
  )
  expect(drillReserve(100e9, 0)).toBe(250_000_000)
})
