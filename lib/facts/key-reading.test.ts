import { describe, expect, test } from 'vitest'
import { parseReading } from '@/lib/facts/key-reading'

const limit = '> understudy-send: not-allowed: only copies of the directories are'

describe('what a key was seen to do', () => {
  test('is told of each directory, and of what is no copy', () => {
    expect(parseReading(`vault read\nlimit read\netc Permission denied\n${limit}\n`)).toEqual({
      read: ['vault', 'limit'],
      away: [],
      refused: [{ id: 'etc', why: 'Permission denied' }],
      isLimited: true,
      said: limit.slice(2),
    })
  })

  test('tells a directory that is not mounted from one that is refused', () => {
    const gone = 'understudy-send: no-mark: /srv/x on the primary is empty, not mounted or another one'
    const { away, refused } = parseReading(`x ${gone}\ny understudy-send: not-listed: ledger\n${limit}\n`)
    expect(away).toEqual(['x'])
    expect(refused).toEqual([{ id: 'y', why: 'understudy-send: not-listed: ledger' }])
  })

  test.each([
    ['who is not let in', '> Permission denied (publickey).'],
    ['whose command was run', '> root'],
    ['who heard nothing', '> '],
    ['who was cut off', ''],
  ])('is no limit for one %s', (_, last) => {
    expect(parseReading(`vault read\n${last}\n`).isLimited).toBe(false)
  })
})
