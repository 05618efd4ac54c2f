import { describe, expect, test } from 'vitest'
import type { OperationEvent } from '@/lib/domain/operation'
import { hostRecords, transcriptLines, transcriptPath } from '@/lib/domain/transcript'
import { plannedStep, planOf, record } from '@/test/harness/operation-events'

const plan = planOf(
  [
    plannedStep('stop', {
      title: 'Stop it',
      preview: [
        { kind: 'command', text: '# systemctl stop -- x' },
        { kind: 'sql', text: 'checkpoint;\nselect 1' },
        { kind: 'file', path: '/etc/x.conf', diff: '+secret looking diff' },
      ],
    }),
    plannedStep('start', { title: 'Start it' }),
  ],
  { operationId: '1a2b3c4d-0000-4000-8000-000000000000' },
)
const about = {
  operation: { id: plan.operationId, kind: plan.kind, plan, reason: 'Maintenance', startedBy: 'ada' },
  pairSlug: 'ledger',
}
const error = { code: 'STEP_FAILED', message: 'It did not stop.', fix: 'Look at it.' } as const
/** What stands behind the time, the mark and the number. */
const textOf = (...events: readonly OperationEvent[]) =>
  transcriptLines(about, record(events)).map((line) => line.replace(/^\S+ \[1a2b3c4d #\d+\] /, ''))

describe('the transcript of an operation', () => {
  test('has the seed’s name in the profile’s log directory', () => {
    expect(transcriptPath('/var/log/phantom')).toBe('/var/log/phantom/warm_standby.log')
  })

  test('says of each line when, of which operation and which event it is', () => {
    expect(transcriptLines(about, record([{ type: 'operation.started', mode: 'run' }]))).toEqual([
      '2026-01-01T00:00:00.000Z [1a2b3c4d #1] == create of ledger: run, started by ada: Maintenance',
    ])
  })

  test('says which checks were overridden, by whom and why', () => {
    const check = {
      id: 'clocks',
      title: 'Clocks',
      host: 'both',
      outcome: 'fail',
      evidence: 'An hour.',
    } as const
    const overridden = { by: 'ada', reason: 'It is mended tonight.' }
    const preflight = [{ ...check, fix: 'Mend it.', canOverride: true, overridden }]
    const operation = { ...about.operation, plan: { ...plan, preflight } }
    const started = record([{ type: 'operation.started', mode: 'run' }])
    expect(transcriptLines({ ...about, operation }, started)[1]).toMatch(
      / {4}ada overrode clocks \(An hour\.\): It is mended tonight\.$/,
    )
  })

  test('has the exact commands and SQL of each step, and of a file its name', () => {
    expect(textOf({ type: 'step.started', stepId: 'stop', attempt: 2 })).toEqual([
      '[1/2] Stop it (attempt 2)',
      '    # systemctl stop -- x',
      '    checkpoint;',
      '    select 1',
      '    writes /etc/x.conf',
    ])
  })

  test('says how each step went, forward and back', () => {
    expect(
      textOf(
        { type: 'step.output', stepId: 'stop', line: 'waiting' },
        { type: 'step.succeeded', stepId: 'stop', sentence: 'Stopped.' },
        { type: 'step.skipped', stepId: 'start', sentence: 'It runs.' },
        { type: 'step.failed', stepId: 'stop', error },
        { type: 'step.undo-started', stepId: 'stop' },
        { type: 'step.undone', stepId: 'stop', sentence: 'Started again.' },
        { type: 'step.undo-failed', stepId: 'stop', error: { ...error, fix: '' } },
      ),
    ).toEqual([
      '    | waiting',
      '[1/2] Stop it: done. Stopped.',
      '[2/2] Start it: skipped. It runs.',
      '[1/2] Stop it: FAILED.',
      '    It did not stop.',
      '    -> Look at it.',
      '[1/2] Stop it: is taken back',
      '[1/2] Stop it: taken back. Started again.',
      '[1/2] Stop it: FAILED.',
      '    It did not stop.',
    ])
  })

  test('says who asked for what, and every end', () => {
    expect(
      textOf(
        { type: 'operation.noted', sentence: 'Holds a and b.' },
        { type: 'operation.cancel-requested', by: 'bob' },
        { type: 'operation.requested', mode: 'undo', by: 'bob' },
        { type: 'operation.failed', error },
        { type: 'operation.interrupted', why: 'No worker.' },
        { type: 'operation.closed', by: 'bob', why: 'Enough.' },
        { type: 'operation.cancelled' },
        { type: 'operation.undone' },
        { type: 'operation.succeeded' },
      ),
    ).toEqual([
      'Holds a and b.',
      '== create of ledger: cancel asked for by bob',
      '== create of ledger: undo asked for by bob',
      '== create of ledger: failed',
      '    It did not stop.',
      '    -> Look at it.',
      '== create of ledger: interrupted. No worker.',
      '== create of ledger: closed by bob. Enough.',
      '== create of ledger: cancelled',
      '== create of ledger: undone',
      '== create of ledger: succeeded',
    ])
  })

  test('of a copy says the whole once it is whole, not every sample on the way', () => {
    const progress = (doneBytes: number, totalBytes: number | null) =>
      ({
        type: 'step.progressed',
        stepId: 'stop',
        progress: { label: 'copied', doneBytes, totalBytes, at: '2026-01-01T00:00:00Z' },
      }) as const
    expect(textOf(progress(1, null), progress(1, 2048), progress(2048, 2048))).toEqual([
      '    | copied: 2.05 kB',
    ])
  })

  test('keeps every line of what a host printed behind a time of its own: nothing can pose as another line', () => {
    const lines = transcriptLines(
      about,
      record([{ type: 'step.output', stepId: 'stop', line: 'a\n2026-01-01T00:00:00Z [ffffffff #1] b\rc' }]),
    )
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line).toMatch(/^2026-01-01T00:00:00\.000Z \[1a2b3c4d #1\] /)
  })
})

describe('what is appended on a host', () => {
  const log = 'rsync_pip_req.log'
  const withLogs = planOf(
    [
      plannedStep('list', { host: 'standby', log }),
      plannedStep('copy', { host: 'standby' }),
      plannedStep('install', { host: 'standby', log }),
      plannedStep('here', { host: 'here', log: 'never.log' }),
    ],
    { operationId: plan.operationId },
  )
  const of = (role: 'primary' | 'standby', ...events: readonly OperationEvent[]) =>
    hostRecords({ ...about, operation: { ...about.operation, plan: withLogs } }, record(events), {
      role,
      logDirectory: '/var/log/phantom',
    })
  const events: readonly OperationEvent[] = [
    { type: 'operation.started', mode: 'run' },
    { type: 'step.started', stepId: 'list', attempt: 1 },
    { type: 'step.output', stepId: 'copy', line: 'of the copy' },
    { type: 'step.output', stepId: 'install', line: 'Successfully installed flask' },
    { type: 'step.undone', stepId: 'install', sentence: 'Removed flask.' },
  ]

  test('is all of it to the transcript, and to a log of their own what its steps said and what was taken back', () => {
    const [transcript, own, ...more] = of('standby', ...events)
    expect(transcript.path).toBe('/var/log/phantom/warm_standby.log')
    expect(transcript.lines.join('\n')).toContain('of the copy')
    expect(own?.path).toBe('/var/log/phantom/rsync_pip_req.log')
    expect(own?.lines.map((line) => /#\d+\] (.*)/.exec(line)?.[1])).toEqual([
      '[1/4] Do list',
      '    list',
      '    | Successfully installed flask',
      '[3/4] Do install: taken back. Removed flask.',
    ])
    expect(more).toEqual([])
  })

  test('is the transcript alone where no step of that host has a log, or said anything yet', () => {
    expect(of('primary', ...events)).toHaveLength(1)
    expect(of('standby', { type: 'operation.started', mode: 'run' })).toHaveLength(1)
  })
})
