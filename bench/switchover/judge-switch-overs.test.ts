import { describe, expect, test } from 'vitest'
import type { Trials } from '@/bench/report/trials'
import { judgeSwitchOvers } from '@/bench/switchover/judge-switch-overs'
import type { SwitchOverFigures } from '@/bench/switchover/measure'

type SwitchOverTrials = Trials<SwitchOverFigures>

const trials = (
  title: string,
  rank: SwitchOverTrials['rank'],
  gaps: readonly number[],
  more: Partial<SwitchOverFigures> = {},
): SwitchOverTrials => ({
  title,
  rank,
  figures: gaps.map((gapMs) => ({ gapMs, streamingMs: 2_000, lost: 0, ...more })),
  failures: [],
  absent: null,
})

const floor = trials('by hand', 'floor', [180])
const repmgr = trials('repmgr', 'peer', [1_700])
const patroni = trials('Patroni', 'peer', [1_400])
const judge = (ours: SwitchOverTrials, ...others: SwitchOverTrials[]) => judgeSwitchOvers([ours, ...others])

describe('switch overs', () => {
  test('are told for each method with its ratio to ours', () => {
    const { lines } = judge(trials('Understudy', 'ours', [270, 250, 290]), floor, repmgr, patroni)
    expect(lines.slice(0, 3)).toEqual([
      'Understudy: without writes 270 ms (250 to 290); old primary streams after 2000 ms (2000 to 2000); 0 acknowledged rows lost in 3',
      'by hand: without writes 180 ms (180 to 180); ours is 1.50 of it; old primary streams after 2000 ms (2000 to 2000); 0 acknowledged rows lost in 1',
      'repmgr: without writes 1700 ms (1700 to 1700); ours is 0.16 of it; old primary streams after 2000 ms (2000 to 2000); 0 acknowledged rows lost in 1',
    ])
  })

  test('keep the limits at 0.3 s, a fifth of the best peer, 3 s and nothing lost', () => {
    const { lines, isMet } = judge(trials('Understudy', 'ours', [280]), floor, repmgr, patroni)
    expect(isMet).toBe(true)
    expect(lines).toContain('share of the best peer (Patroni): 0.20, must be at most 0.20: met')
  })

  test.each([
    ['longer than 0.3 s', trials('Understudy', 'ours', [301]), 'ms without writes: 301'],
    [
      'over a fifth of the best peer',
      trials('Understudy', 'ours', [290]),
      'share of the best peer (Patroni): 0.21',
    ],
    [
      'an old primary that is away for longer than 3 s in one trial',
      trials('Understudy', 'ours', [200], { streamingMs: 3_001 }),
      'ms until the old primary streams, the worst: 3001',
    ],
    ['a lost row', trials('Understudy', 'ours', [200], { lost: 1 }), 'acknowledged rows lost: 1'],
    [
      'a trial that failed',
      { ...trials('Understudy', 'ours', [200]), failures: ['it ended'] },
      'trials that failed: 1',
    ],
    [
      'nothing of ours',
      { ...trials('Understudy', 'ours', []), failures: ['it ended'] },
      'trials that failed: 1',
    ],
  ])('break them by %s', (_, ours, line) => {
    const { lines, isMet } = judge(ours, floor, repmgr, patroni)
    expect(isMet).toBe(false)
    expect(lines.filter((one) => one.endsWith('NOT MET')).join('\n')).toContain(line)
  })

  test('are not held against a peer that was not measured, which is said', () => {
    const absent = { ...trials('Patroni', 'peer', []), absent: 'there is no package' }
    const failed = { ...trials('repmgr', 'peer', []), failures: ['no route', 'no route'] }
    const { lines, isMet } = judge(trials('Understudy', 'ours', [290]), floor, absent, failed)
    expect(isMet).toBe(true)
    expect(lines).toContain('Patroni: not measured: there is no package')
    expect(lines).toContain('repmgr: 2 of 2 failed: no route')
    expect(lines).toContain('share of the best peer (none was measured): must be at most 0.20; not judged')
  })

  test('can’t be judged without ours', () => {
    expect(() => judgeSwitchOvers([repmgr])).toThrow('nothing of ours was tried')
  })
})
