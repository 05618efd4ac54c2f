import { expect, test } from 'vitest'
import { parsePrimaryLine } from '@/lib/facts/primary-line'

const answer = (over: object = {}) => [
  {
    line: {
      timeline: 3,
      lsn: '1/6000060',
      oldestSegment: '00000001000000FE',
      segmentBytes: 16_777_216,
      history: null,
      forkedAt: null,
      ...over,
    },
  },
]

test('the earliest segment is where the line begins that the primary still has', () => {
  expect(parsePrimaryLine(answer()).oldestLsn).toBe('1/FE000000')
  expect(
    parsePrimaryLine(answer({ oldestSegment: '0000000000000007', segmentBytes: 1_048_576 })).oldestLsn,
  ).toBe('0/700000')
})

test('the history tells where each timeline was left; comments and reasons are none', () => {
  const history =
    '# restored\n1\t0/5000100\tno recovery target specified\n\n2\t0/a0000d8\tat restore point "x"\n'
  expect(parsePrimaryLine(answer({ history, forkedAt: '2026-11-30T03:00:00Z' }))).toMatchObject({
    timeline: 3,
    history: [
      { timeline: 1, endsAt: '0/5000100' },
      { timeline: 2, endsAt: '0/A0000D8' },
    ],
    forkedAt: '2026-11-30T03:00:00Z',
  })
})

test('an answer of another form is refused', () => {
  expect(() => parsePrimaryLine([{ line: { timeline: 'one' } }])).toThrow(/in a form that is not known/)
})
