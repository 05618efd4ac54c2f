import { describe, expect, test } from 'vitest'
import { judgeRepairs } from '@/bench/repair/judge-repairs'
import type { RepairFigures } from '@/bench/repair/measure'
import type { Trials } from '@/bench/report/trials'

type RepairTrials = Trials<RepairFigures>

const trials = (
  title: string,
  rank: RepairTrials['rank'],
  streaming: readonly number[],
  more: Partial<RepairFigures> = {},
): RepairTrials => ({
  title,
  rank,
  figures: streaming.map((streamingMs) => ({
    streamingMs,
    endedMs: streamingMs + 1_000,
    receivedBytes: 120e6,
    isTls: true,
    ...more,
  })),
  failures: [],
  absent: null,
})

const ours = (...streaming: number[]) => trials('rewind: Understudy', 'ours', streaming)
const byHand = trials('rewind: by hand', 'floor', [2_200, 2_000, 2_100])

describe('re-pairs', () => {
  test('are told with seconds until streaming, what was received, and the ratio to ours', () => {
    const peer = trials('rewind: repmgr node rejoin --force-rewind', 'peer', [5_250])
    const { lines } = judgeRepairs('rewind', [ours(2_500, 2_625, 2_700), byHand, peer])
    expect(lines.slice(0, 3)).toEqual([
      'rewind: Understudy: streams after 2.63 s (2.50 to 2.70); received 120 MB (120 to 120) over TLS; ended after 3.63 s (3.50 to 3.70)',
      'rewind: by hand: streams after 2.10 s (2.00 to 2.20); ours takes 1.25 times as long; received 120 MB (120 to 120) over TLS; ended after 3.10 s (3.00 to 3.20)',
      'rewind: repmgr node rejoin --force-rewind: streams after 5.25 s (5.25 to 5.25); ours takes 0.50 times as long; received 120 MB (120 to 120) over TLS; ended after 6.25 s (6.25 to 6.25)',
    ])
  })

  test('by rewind take at most 1.3 times the bare commands', () => {
    expect(judgeRepairs('rewind', [ours(2_700), byHand])).toMatchObject({ isMet: true })
    const { lines, isMet } = judgeRepairs('rewind', [ours(2_800), byHand])
    expect(isMet).toBe(false)
    expect(lines).toContain(
      'rewind: times the least by hand (rewind: by hand): 1.33, must be at most 1.30: NOT MET',
    )
  })

  test('by a base backup take at most 1.1 times the better of the bare ones', () => {
    const plain = trials('plain', 'floor', [8_000])
    const zstd = trials('zstd', 'floor', [7_000])
    const judged = (ms: number) =>
      judgeRepairs('base-backup', [trials('Understudy', 'ours', [ms]), plain, zstd])
    expect(judged(7_600).isMet).toBe(true)
    expect(judged(8_000).isMet).toBe(false)
    expect(judged(8_000).lines.join('\n')).toContain('times the least by hand (zstd): 1.14')
  })

  test('by a start, or by following, have no limit but that each ends well', () => {
    const slow = ours(60_000)
    for (const way of ['start', 'follow'] as const) {
      expect(judgeRepairs(way, [slow, byHand]).isMet).toBe(true)
      expect(judgeRepairs(way, [{ ...slow, failures: ['it ended'] }, byHand]).isMet).toBe(false)
    }
  })

  test('without a figure of ours do not keep the limit', () => {
    expect(judgeRepairs('rewind', [{ ...ours(), failures: ['it ended'] }, byHand]).isMet).toBe(false)
    expect(() => judgeRepairs('rewind', [byHand])).toThrow('nothing of ours was tried')
  })

  test('are not held against bare commands that were not measured, or had no TLS where ours have it', () => {
    const plain = trials('rewind: by hand', 'floor', [1_000], { isTls: false })
    const { lines, isMet } = judgeRepairs('rewind', [ours(2_500), plain])
    expect(isMet).toBe(true)
    expect(lines).toContain(
      'rewind: times the least by hand (one of both has TLS): must be at most 1.30; not judged',
    )
    expect(judgeRepairs('rewind', [ours(2_500), { ...byHand, figures: [] }]).lines).toContain(
      'rewind: times the least by hand (nothing was measured): must be at most 1.30; not judged',
    )
  })
})
