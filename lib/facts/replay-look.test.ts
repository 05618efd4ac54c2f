import { expect, test } from 'vitest'
import { parseReplayLook } from '@/lib/facts/replay-look'

test('what a standby says of its replication is read as it stands', () => {
  const row = { recovering: true, replayed: '0/30000D8', known: '0/3000100', streaming: true }
  expect(parseReplayLook([row], 7)).toEqual({
    atMs: 7,
    inRecovery: true,
    isStreaming: true,
    known: '0/3000100',
    replayed: '0/30000D8',
  })
})

test('what it does not say is never taken for a standby that follows', () => {
  const nothing = { atMs: 7, inRecovery: false, isStreaming: false, known: null, replayed: null }
  expect(parseReplayLook([], 7)).toEqual(nothing)
  expect(parseReplayLook([{ recovering: 't', streaming: 1, known: 5, replayed: null }], 7)).toEqual(nothing)
})
