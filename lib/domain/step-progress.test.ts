import { expect, test } from 'vitest'
import type { OperationEvent, RecordedEvent } from '@/lib/domain/operation'
import { progressText, stepAttempts, stepOutput, stepProgress } from '@/lib/domain/step-progress'

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const recorded = (...events: readonly OperationEvent[]): readonly RecordedEvent[] =>
  events.map((event, seq) => ({ seq, at: at(seq), event }))
const progressed = (
  second: number,
  doneBytes: number,
  label = 'base backup',
  totalBytes: number | null = 2e9,
) =>
  ({
    type: 'step.progressed',
    stepId: 'copy',
    progress: { label, doneBytes, totalBytes, at: at(second) },
  }) as const
const started = { type: 'step.started', stepId: 'copy', attempt: 1 } as const

test('bytes, share, rate and time left stand in one line, and as numbers beside it', () => {
  expect(stepProgress('copy', recorded(started, progressed(0, 0), progressed(10, 1e9)))).toEqual([
    {
      label: 'base backup',
      doneBytes: 1e9,
      totalBytes: 2e9,
      bytesPerSecond: 1e8,
      secondsLeft: 10,
      percent: 50,
      amount: '1 GB of 2 GB (50 %)',
      movedAt: at(10),
      text: '1 GB of 2 GB (50 %), 100 MB/s, 10 s left',
    },
  ])
})

test('a copy that stands still has no rate any more, and says for how long, whether it is still looked at or not', () => {
  const nowMs = (second: number) => Date.parse(at(second))
  const [line] = stepProgress(
    'copy',
    recorded(started, progressed(0, 0), progressed(10, 1e9), progressed(14, 1e9)),
  )
  if (!line) throw new Error('no line')
  expect(progressText(line, nowMs(15))).toBe('1 GB of 2 GB (50 %), 71.4 MB/s, 14 s left')
  expect(progressText(line, nowMs(40))).toBe('1 GB of 2 GB (50 %), nothing more for 30 s')
  const [whole] = stepProgress('copy', recorded(started, progressed(0, 0), progressed(10, 2e9)))
  expect(whole && progressText(whole, nowMs(40))).toBe('2 GB of 2 GB (100 %)')
})

test('copies that run beside each other keep their own lines and rates', () => {
  const events = recorded(
    started,
    progressed(0, 0, 'vault', 1e6),
    progressed(0, 0, 'etc', 1e3),
    progressed(1, 5e5, 'vault', 1e6),
    progressed(1, 1e3, 'etc', 1e3),
  )
  expect(stepProgress('copy', events).map((line) => line.text)).toEqual([
    '500 kB of 1 MB (50 %), 500 kB/s, 1 s left',
    '1 kB of 1 kB (100 %)',
  ])
})

test('what is being taken back shows no progress of the way there', () => {
  const events = recorded(started, progressed(1, 1e9), { type: 'step.undo-started', stepId: 'copy' })
  expect(stepProgress('copy', events)).toEqual([])
})

test('a new attempt forgets the progress of the one before, and other steps do not count', () => {
  expect(stepProgress('copy', recorded(started, progressed(1, 1e9), started))).toEqual([])
  expect(stepProgress('other', recorded(started, progressed(1, 1e9)))).toEqual([])
})

test('without a total there is a size and a rate, and no share', () => {
  const events = recorded(started, progressed(0, 0, 'wal', null), progressed(2, 2e6, 'wal', null))
  expect(stepProgress('copy', events)).toMatchObject([
    { label: 'wal', percent: null, totalBytes: null, secondsLeft: null, text: '2 MB, 1 MB/s' },
  ])
})

test('output is the step’s own and bounded; attempts are counted', () => {
  const output = (line: string, stepId = 'copy') => ({ type: 'step.output', stepId, line }) as const
  const events = recorded(started, output('a'), output('x', 'other'), started, output('b'), output('c'))
  expect(stepOutput('copy', events)).toEqual(['a', 'b', 'c'])
  expect(stepOutput('copy', events, 2)).toEqual(['b', 'c'])
  expect(stepAttempts('copy', events)).toBe(2)
})
