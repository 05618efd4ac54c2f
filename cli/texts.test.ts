import { describe, expect, test } from 'vitest'
import { exitCodeOfState, worstExitCode } from '@/cli/exit-codes'
import { PlainLines } from '@/cli/operation/plain-lines'
import { progressBar } from '@/cli/operation/show-tasks'
import { pairStatusText } from '@/cli/pair-status-text'
import { checksText, planText } from '@/cli/plan-text'
import { textTable } from '@/cli/text-table'
import type { Host } from '@/lib/domain/host'
import type { OperationEvent } from '@/lib/domain/operation'
import { pairStates } from '@/lib/domain/states'
import type { OperationView, PairView } from '@/lib/domain/views'
import { observationOf, observedAt, pair } from '@/test/harness/observations'
import { plannedStep, planOf, record } from '@/test/harness/operation-events'
import { aVerdict } from '@/test/harness/store-fixtures'

const host = (name: string, address: string): Host => ({
  id: `host-${name}`,
  name,
  address,
  port: 22,
  user: 'root',
  authKind: 'key',
  hostKeyFingerprint: null,
  hostKey: null,
  privilege: 'root',
  machineId: null,
  home: null,
  accessRevision: 1,
})

const view: PairView = {
  pair,
  leftOut: [],
  rowFiles: [],
  profileTitle: 'Debian',
  profileProblem: null,
  hosts: { primary: host('db1', '10.0.0.1'), standby: host('db2', '10.0.0.2') },
  observation: observationOf(),
  verdict: { ...aVerdict, state: 'protected', reasons: ['All is well.'], since: observedAt },
  actions: [],
  directories: [],
  operation: null,
  drills: { last: null, schedule: null },
  stateChanges: [],
  recentOperations: [],
}
const now = new Date(Date.parse(observedAt) + 2000)

describe('exit codes', () => {
  test('every state has one: only protected is 0, unknown is 6, never fine and never broken', () => {
    const fine = pairStates.filter((state) => exitCodeOfState[state] === 0)
    expect(fine).toEqual(['protected'])
    expect(exitCodeOfState).toMatchObject({ degraded: 3, 'no-primary': 4, 'two-primaries': 4, unknown: 6 })
  })

  test('of several pairs the worst is said, and a pair that nobody looked at is unknown', () => {
    expect(worstExitCode([])).toBe(0)
    expect(worstExitCode(['protected', 'degraded'])).toBe(3)
    expect(worstExitCode(['degraded', null])).toBe(6)
    expect(worstExitCode(['unknown', 'diverged', 'protected'])).toBe(4)
  })
})

describe('the status of a pair', () => {
  const text = pairStatusText(view, now)

  test('says state, reason, next action, readiness, loss and the age of what was seen', () => {
    expect(text).toMatch(/^Pair +ledger \(Debian\)$/m)
    expect(text).toMatch(/^State +Protected since .+ \(2 s\)$/m)
    expect(text).toMatch(/^ +All is well\.$/m)
    expect(text).toMatch(/^Loss now +Nothing is known\.$/m)
    expect(text).toMatch(/^Looked at +2 s ago$/m)
  })

  test('shows everything of the seed’s status for both hosts', () => {
    expect(text).toMatch(/^ +primary db1 +standby db2$/m)
    expect(text).toMatch(/^Looks like +Primary +Standby$/m)
    expect(text).toMatch(/^Replication with +standby 10\.0\.0\.2\/32 +10\.0\.0\.1$/m)
    expect(text).toMatch(/^Currently streaming +yes +yes$/m)
    expect(text).toMatch(/^WAL segments in use +4 +\d+$/m)
    expect(text).toMatch(/^WAL segments configured +32 +32$/m)
    expect(text).toMatch(/^DB last updated +now: it accepts writes +Wed 25 Nov 2026/m)
    expect(text).toMatch(/^Vault +\* \* \* \* \*/m)
  })

  test('says of what is asked only now and then when it was asked, not when the pair was looked at', () => {
    const inventoryAt = '2026-11-25T14:07:12.000Z'
    const observation = observationOf({ standbyMachine: { inventoryAt } })
    expect(pairStatusText({ ...view, observation }, now)).toMatch(
      /^Application, disk, clock +as of .+:07:31.* +as of .+:07:12/m,
    )
  })

  test('of a pair without a database says nothing of PostgreSQL, and what is left out', () => {
    const scope = { database: false, files: true }
    const leftOut = [{ kind: 'database' as const, id: '', title: 'the database' }]
    const unasked = observationOf({
      primaryServer: { unseen: 'PRECONDITION_FAILED' },
      standbyServer: { unseen: 'PRECONDITION_FAILED' },
    })
    const files = { ...view, pair: { ...pair, scope }, leftOut, observation: unasked }
    const said = pairStatusText(files, now)
    expect(said).toMatch(/^Left out +the database$/m)
    expect(said).toMatch(/^Looks like +Primary +Standby$/m)
    expect(said).not.toMatch(/PostgreSQL|WAL|streaming|lag|DB last updated/)
    const silent = observationOf({ standbyMachine: { fileRole: null } })
    expect(pairStatusText({ ...files, observation: silent }, now)).toContain(
      'the host says nothing of its role',
    )
  })

  test('of one host shows that host alone', () => {
    const one = pairStatusText(view, now, 'primary')
    expect(one).toContain('primary db1')
    expect(one).not.toContain('standby db2')
  })

  test('what can’t be seen is unknown with its reason, never down and never fine', () => {
    const blind = observationOf({
      primaryMachine: { unseen: 'HOST_UNREACHABLE' },
      primaryServer: { unseen: 'HOST_UNREACHABLE' },
    })
    const unseen = pairStatusText({ ...view, observation: blind }, now, 'primary')
    expect(unseen).toMatch(/^Looks like +unknown$/m)
    expect(unseen).toMatch(/^Not seen over SSH +\S/m)
    const profileProblem = {
      code: 'PROFILE_INVALID' as const,
      message: 'There is no profile “x”.',
      fix: 'Put it back.',
    }
    const without = pairStatusText({ ...view, verdict: null, observation: null, profileProblem }, now)
    expect(without).toMatch(/^State +Unknown: There is no profile “x”\.\nNext +Put it back\.$/m)
    expect(pairStatusText({ ...view, verdict: null, observation: null }, now)).toMatch(
      /^State +Unknown: nobody has looked/m,
    )
  })
})

describe('a plan', () => {
  const step = plannedStep('promote', {
    title: 'Promote',
    host: 'standby',
    irreversible: true,
    preview: [
      { kind: 'command', text: 'postgres$ pg_ctl promote' },
      { kind: 'sql', text: 'SELECT pg_promote()' },
      { kind: 'file', path: '/etc/x', diff: '+a\n+b' },
    ],
  })
  const plan = { ...planOf([step]), warnings: ['PostgreSQL restarts.'] }
  const check = {
    id: 'disk',
    title: 'Disk',
    host: 'standby',
    outcome: 'fail',
    evidence: '1 GB free',
    fix: 'Free 2 GB.',
    canOverride: false,
  } as const

  test('shows warnings, checks with their fix, and each step’s host and exact commands', () => {
    const text = planText({ plan, checks: [check] }, { primary: 'db1', standby: 'db2' })
    expect(text).toContain('! PostgreSQL restarts.')
    expect(text).toContain('FAIL  Disk (standby): 1 GB free\n      → Free 2 GB.')
    expect(text).toContain(
      '1. Promote  [db2]\n   postgres$ pg_ctl promote\n   SQL SELECT pg_promote();\n   file /etc/x\n   +a\n   +b',
    )
    expect(text).toContain('CANNOT BE TAKEN BACK')
  })

  test('a failed check that may be overridden says by which words', () => {
    expect(checksText([{ ...check, canOverride: true }])).toBe(
      'FAIL  Disk (standby): 1 GB free\n      → Free 2 GB.\n      → or go on all the same: --override disk="why"',
    )
  })

  test('a check that passed needs no fix', () => {
    expect(checksText([{ ...check, outcome: 'pass', host: 'both' }])).toBe('ok    Disk: 1 GB free')
  })
})

describe('plain lines', () => {
  const steps = [plannedStep('copy', { title: 'Copy' }), plannedStep('start', { title: 'Start' })]
  const viewOf = (events: readonly OperationEvent[]): OperationView => ({
    operation: {
      id: 'o',
      pairId: 'p',
      kind: 'create',
      state: 'running',
      plan: planOf(steps),
      input: null,
      reason: 'r',
      startedBy: 'ada',
      createdAt: observedAt,
      endedAt: null,
    },
    pairSlug: 'ledger',
    hostNames: { primary: 'db1', standby: 'db2' },
    steps: [],
    events: record(events),
    verbs: {
      cancel: { allowed: true, reason: '' },
      resume: { allowed: false, reason: '' },
      undo: { allowed: false, reason: '' },
      close: { allowed: false, reason: '' },
    },
  })
  const error = { code: 'HOST_DISK_FULL', message: 'No room.', fix: 'Make room.' } as const
  const started: OperationEvent[] = [
    { type: 'operation.started', mode: 'run' },
    { type: 'step.started', stepId: 'copy', attempt: 1 },
  ]
  const later: OperationEvent[] = [
    ...started,
    { type: 'step.output', stepId: 'copy', line: 'a line' },
    { type: 'step.succeeded', stepId: 'copy', sentence: 'Seen.' },
    { type: 'step.started', stepId: 'start', attempt: 2 },
    { type: 'step.failed', stepId: 'start', error },
    { type: 'operation.failed', error },
  ]
  const withoutTime = (line: string) => line.replace(/^\d\d:\d\d:\d\d /, '')

  test('say each event once, whichever views came in between', () => {
    const lines = new PlainLines()
    expect(lines.linesOf(viewOf(started)).map(withoutTime)).toEqual(['operation started', '[1/2] Copy'])
    expect(lines.linesOf(viewOf(later)).map(withoutTime)).toEqual([
      '[1/2]   a line',
      '[1/2] Copy: done. Seen.',
      '[2/2] Start (attempt 2)',
      '[2/2] Start: FAILED. No room.',
      '    → Make room.',
      'operation failed: No room.',
    ])
    expect(lines.linesOf(viewOf(later))).toEqual([])
  })

  test('say progress, but not each sample of it', () => {
    const progressed = (doneBytes: number): OperationEvent => ({
      type: 'step.progressed',
      stepId: 'copy',
      progress: { label: 'base backup', doneBytes, totalBytes: 2e9, at: observedAt },
    })
    const said = new PlainLines().linesOf(
      viewOf([...started, progressed(1e9), progressed(1.1e9), progressed(1.2e9)]),
    )
    expect(said.map(withoutTime).filter((line) => line.includes('base backup'))).toEqual([
      '[1/2]   base backup: 1 GB of 2 GB (50 %)',
    ])
  })
})

test('a table’s columns line up, umlauts too, and nothing trails', () => {
  expect(
    textTable([
      ['a', 'b'],
      ['žluť', 'x'],
      ['', ''],
    ]),
  ).toBe('a     b\nžluť  x\n')
})

test('a bar is full only when all is done', () => {
  expect(progressBar(99)).not.toMatch(/^█{24}/)
  expect(progressBar(100)).toMatch(/^█{24} 100 %/)
  expect(progressBar(null)).toBe('')
})
