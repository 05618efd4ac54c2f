import { expect, test } from 'vitest'
import { chooseRepairWay, type PrimaryLine, type StandbyData } from '@/lib/domain/repair-way'

const names = { primary: 'db2', standby: 'db1' }
/** The primary was promoted from timeline 1 at 0/5000100, and its WAL begins at 0/4000000. */
const line: PrimaryLine = {
  timeline: 2,
  lsn: '0/6000000',
  oldestLsn: '0/4000000',
  history: [{ timeline: 1, endsAt: '0/5000100' }],
  forkedAt: '2026-11-30T03:00:00Z',
}
const ours = (over: Partial<Extract<StandbyData, { kind: 'ours' }>> = {}): StandbyData => ({
  kind: 'ours',
  timeline: 1,
  redoLsn: '0/4500000',
  lastLsn: '0/5000000',
  isAttached: false,
  canRewind: true,
  ...over,
})
const choose = (data: StandbyData, over: Partial<PrimaryLine> = {}) =>
  chooseRepairWay(names, { ...line, ...over }, data)

test.each<[string, StandbyData, readonly string[], RegExp]>([
  [
    'data whose last record lies before the fork only have to follow',
    ours(),
    ['follow', 'rewind', 'base-backup'],
    /ends at 0\/5000000 on timeline 1, .* only has to follow/,
  ],
  [
    'data that are told already are only started',
    ours({ isAttached: true }),
    ['start', 'rewind', 'base-backup'],
    /starting it is enough/,
  ],
  [
    'without checksums or hints the way after that is a copy',
    ours({ canRewind: false }),
    ['follow', 'base-backup'],
    /follow/,
  ],
  [
    'a record that begins at the fork is beyond it: it is discarded by a rewind',
    ours({ lastLsn: '0/5000100' }),
    ['rewind', 'base-backup'],
    /beyond 0\/5000100, where db2 left timeline 1: that is discarded by a rewind, and kept aside first/,
  ],
  [
    'what is beyond and can’t be rewound is copied anew',
    ours({ lastLsn: '0/5800000', canRewind: false }),
    ['base-backup'],
    /8.39 MB of WAL or more beyond .* copied anew/,
  ],
  [
    'a timeline that the primary never was on is beyond it as a whole',
    ours({ timeline: 3 }),
    ['rewind', 'base-backup'],
    /on timeline 3, which db2 never was on/,
  ],
  [
    'where its WAL ends is not guessed',
    ours({ lastLsn: null }),
    ['rewind', 'base-backup'],
    /could not be read/,
  ],
  [
    'what needs WAL that the primary has no more is copied anew',
    ours({ lastLsn: '0/3FFFFFF', redoLsn: '0/3000000' }),
    ['base-backup'],
    /needs WAL from 0\/3FFFFFF on, and db2 has none before 0\/4000000/,
  ],
  [
    'data that can’t be read are copied anew',
    { kind: 'unreadable', why: 'no control file' },
    ['base-backup'],
    /no control file/,
  ],
  [
    'another server’s data are not touched',
    { kind: 'other', systemIdentifier: '77' },
    [],
    /system identifier 77\): it is not touched/,
  ],
])('%s', (_, data, ways, reason) => {
  const choice = choose(data)
  expect(choice.ways).toEqual(ways)
  expect(choice.reason).toMatch(reason)
})

test('a standby on the primary’s own timeline follows up to where the primary is, and no further', () => {
  expect(choose(ours({ timeline: 2, lastLsn: '0/5FFFFC8' })).ways[0]).toBe('follow')
  expect(choose(ours({ timeline: 2, lastLsn: '0/6000000' })).ways[0]).toBe('rewind')
})

test('of several forks the one of its own timeline counts, the last where it was left twice', () => {
  const history = [
    { timeline: 1, endsAt: '0/4800000' },
    { timeline: 2, endsAt: '0/5500000' },
  ]
  expect(choose(ours({ timeline: 2, lastLsn: '0/5400000' }), { timeline: 3, history }).ways[0]).toBe('follow')
  expect(choose(ours({ timeline: 1, lastLsn: '0/4900000' }), { timeline: 3, history }).ways[0]).toBe('rewind')
})
