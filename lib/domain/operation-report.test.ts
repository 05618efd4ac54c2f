import { expect, test } from 'vitest'
import type { OperationEvent, Plan, PreviewLine } from '@/lib/domain/operation'
import { buildReport, buildRunbook } from '@/lib/domain/operation-report'
import { operationPermissions } from '@/lib/domain/operation-verbs'
import type { OperationView, StepView } from '@/lib/domain/views'
import { plannedStep, planOf, record } from '@/test/harness/operation-events'

const names = { primary: 'alpha', standby: 'beta' }

const stepView = (id: string, over: Partial<StepView> = {}): StepView => ({
  id,
  state: 'succeeded',
  startedAt: '2026-01-01T00:00:01.000Z',
  endedAt: '2026-01-01T00:00:03.500Z',
  sentence: `${id} was seen.`,
  fix: '',
  ...over,
})

function viewOf(
  plan: Plan,
  steps: readonly StepView[],
  events: readonly OperationEvent[] = [],
): OperationView {
  const recorded = record(events)
  const operation = {
    id: '0a1b2c3d-0000-4000-8000-000000000000',
    pairId: plan.pairId,
    kind: plan.kind,
    state: 'succeeded' as const,
    plan,
    input: {},
    reason: 'The primary is lost.',
    startedBy: 'ann',
    createdAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:20.000Z',
  }
  return {
    operation,
    pairSlug: 'ledger',
    hostNames: names,
    steps: steps.map((step) => ({ ...step, progress: [] })),
    events: recorded,
    verbs: operationPermissions(operation, recorded),
  }
}

const preview: readonly PreviewLine[] = [
  { kind: 'command', text: '# systemctl stop ledger.service' },
  { kind: 'sql', text: 'select pg_promote(false)' },
  { kind: 'file', path: '/etc/x.conf', diff: '-old\n+new' },
  { kind: 'note', text: 'Waits up to 10 s.' },
]

test('a runbook has each step’s host, commands, statements, files, and what takes it back', () => {
  const plan = planOf([plannedStep('one', { host: 'standby', preview, undoSentence: 'Starts it again.' })], {
    kind: 'promote',
    warnings: ['Up to 18 s are lost.'],
    preflight: [
      {
        id: 'x',
        title: 'Disk',
        host: 'both',
        outcome: 'warn',
        evidence: '5 % free.',
        fix: 'Free some.',
        canOverride: false,
      },
    ],
  })
  const text = buildRunbook(plan, 'ledger', names)
  for (const part of [
    '# Promote: ledger',
    'Primary alpha, standby beta.',
    '- Up to 18 s are lost.',
    '- **warn** Disk (alpha, beta): 5 % free. Fix: Free some.',
    '### 1. Do one (beta)',
    '```sh\n# systemctl stop ledger.service\n```',
    '```sql\nselect pg_promote(false)\n```',
    '`/etc/x.conf`\n\n```diff\n-old\n+new\n```',
    'Waits up to 10 s.',
    '_Starts it again._',
  ])
    expect(text).toContain(part)
})

test('a point of no return is named in its heading', () => {
  const plan = planOf([
    plannedStep('one'),
    plannedStep('two', { undo: 'forward-only', irreversible: true, undoSentence: 'Only forward.' }),
  ])
  const heads = buildRunbook(plan, 'ledger', names).match(/^### .*$/gm)
  expect(heads).toEqual(['### 1. Do one (dashboard)', '### 2. Do two (dashboard) — point of no return'])
})

test('no output can close the block that it stands in', () => {
  const lines = ['```', '# Not a heading', '`````']
  const plan = planOf([plannedStep('one')])
  const events = lines.map((line): OperationEvent => ({ type: 'step.output', stepId: 'one', line }))
  const text = buildReport(
    viewOf(plan, [stepView('one')], [{ type: 'step.started', stepId: 'one', attempt: 1 }, ...events]),
  )
  expect(text).toContain(`\`\`\`\`\`\`\n${lines.join('\n')}\n\`\`\`\`\`\``)
})

test('a report says who, why, what was typed, and of each step its outcome, command and time', () => {
  const plan = planOf([plannedStep('one', { preview }), plannedStep('two')], {
    warnings: ['Up to 18 s are lost.'],
    acknowledgement: 'promote beta and accept the loss',
  })
  const failed: OperationEvent = {
    type: 'operation.failed',
    error: { code: 'STEP_FAILED', message: 'It did not start.', fix: 'Look.' },
  }
  const text = buildReport(viewOf(plan, [stepView('one')], [failed]))
  for (const part of [
    '- Started by: ann, 2026-01-01T00:00:00.000Z',
    '- Reason: The primary is lost.',
    '- Up to 18 s are lost.',
    '- Typed: “promote beta and accept the loss”',
    '- From the start to the end: 20 s',
    'done, 2026-01-01T00:00:01.000Z, 2.50 s. one was seen.',
    '# systemctl stop ledger.service',
    'not begun.',
    'operation.failed: It did not start.',
  ])
    expect(text).toContain(part)
  expect(text).not.toContain('first row')
})

const promoteFacts = {
  primary: { name: 'alpha', server: { seen: false } },
  standby: {
    name: 'beta',
    server: {
      seen: true,
      value: { timeline: 1, inRecovery: true, lsn: '0/50000F0', receivedLsn: '0/5000100' },
    },
  },
  loss: {
    at: '2026-01-01T00:00:00.000Z',
    hasDatabase: true,
    database: {
      walBytes: 16,
      seconds: null,
      lastReplayedCommitAt: '2025-12-31T23:59:58.000Z',
      primaryLsn: '0/5000110',
      primaryLsnAgeSeconds: 9,
      isUpperBound: false,
    },
    directories: [{ id: 'vault', title: 'Vault', ageSeconds: 18 }],
    sentence: 'A promotion now would lose 16 B.',
  },
}
const lossText = `## What it loses, as seen 2026-01-01T00:00:00.000Z

- A promotion now would lose 16 B.
- Database: at least 16 B of WAL
- Last commit that the standby replayed: 2025-12-31T23:59:58.000Z
- Primary: at 0/5000110, as seen 9 s before
- Vault: up to 18 s
`

test('a promotion’s runbook says what is lost, piece by piece, and which words are to be typed', () => {
  const plan = planOf([plannedStep('one')], {
    kind: 'promote',
    facts: promoteFacts,
    acknowledgement: 'promote beta and accept the loss',
  })
  const text = buildRunbook(plan, 'ledger', names)
  expect(text).toContain(lossText)
  expect(text).toContain('- To be typed first: “promote beta and accept the loss”')
  expect(buildRunbook(planOf([plannedStep('one')]), 'ledger', names)).not.toMatch(/To be typed|What it loses/)
})

test('a promotion’s report has the loss as it was stated and as it was seen, and the positions before and after', () => {
  const ids = ['fence-primary', 'receive-rest', 'promote-standby']
  const plan = planOf(
    ids.map((id) => plannedStep(id)),
    { kind: 'promote', facts: promoteFacts },
  )
  const text = buildReport(
    viewOf(plan, [
      ...ids.slice(1).map((id) => stepView(id)),
      stepView('fence-primary', { state: 'failed', sentence: 'It did not stop.', fix: 'Look at it.' }),
    ]),
  )
  expect(text).toContain(lossText)
  expect(text).toContain('## What was lost, as it was seen\n\n- receive-rest was seen.\n')
  expect(text).toContain(`## Positions

- Before, 2026-01-01T00:00:00.000Z: alpha: not seen, but at 0/5000110 9 s before
- Before, 2026-01-01T00:00:00.000Z: beta: timeline 1, replayed up to 0/50000F0, received up to 0/5000100
- Then: receive-rest was seen.
- Then: promote-standby was seen.
`)
})

test('a step that failed has its fix in the report, and so has the end', () => {
  const plan = planOf([plannedStep('one')])
  const error = { code: 'STEP_FAILED', message: 'It did not start.', fix: 'Look into its log.' } as const
  const text = buildReport(
    viewOf(
      plan,
      [stepView('one', { state: 'failed', sentence: error.message, fix: error.fix })],
      [{ type: 'operation.failed', error }],
    ),
  )
  expect(text).toContain('It did not start.\n\nFix: Look into its log.')
  expect(text).toContain('operation.failed: It did not start. Fix: Look into its log.')
})

test('a promotion’s report has the time without writes where the old primary was stopped, and says so where it was not', () => {
  const plan = planOf([plannedStep('fence-primary'), plannedStep('promote-standby')], { kind: 'promote' })
  const promoted = stepView('promote-standby', {
    startedAt: '2026-01-01T00:00:04.000Z',
    endedAt: '2026-01-01T00:00:04.250Z',
  })
  const alive = buildReport(viewOf(plan, [stepView('fence-primary'), promoted]))
  expect(alive).toContain('- Without writes, from the stop on the old primary to the first row: 3.25 s')
  expect(alive).toContain('- From the start to the new primary’s first row: 4.25 s')
  const dead = buildReport(viewOf(planOf([plannedStep('promote-standby')], { kind: 'promote' }), [promoted]))
  expect(dead).toContain('how long nothing could be written is not known from here')
})
