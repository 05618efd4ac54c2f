import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { freeSpaceQuestion, parseFreeSpace } from '@/lib/facts/free-space'

test('what is free is told of each directory, in their order, and nothing of one that is not there', () => {
  const paths = ['/nowhere at all', '/tmp', '/']
  const text = execFileSync('sh', ['-c', freeSpaceQuestion(paths).text], { encoding: 'utf8' })
  const found = parseFreeSpace(paths, text)
  expect(found.map(({ path }) => path)).toEqual(['/tmp', '/'])
  for (const { freeBytes, sizeBytes } of found) {
    expect(freeBytes).toBeGreaterThan(0)
    expect(sizeBytes).toBeGreaterThanOrEqual(freeBytes)
  }
})

test('an answer that is cut off tells of fewer directories, never of another one', () => {
  expect(parseFreeSpace(['/a', '/b'], '12 40\n')).toEqual([{ path: '/a', freeBytes: 12, sizeBytes: 40 }])
  expect(parseFreeSpace(['/a', '/b'], '12 40\n7')).toHaveLength(1)
  expect(parseFreeSpace(['/a', '/b'], '\n 7   9\n')).toEqual([{ path: '/b', freeBytes: 7, sizeBytes: 9 }])
})
