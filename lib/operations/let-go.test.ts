import { expect, test } from 'vitest'
import type { Operation, RecordedEvent } from '@/lib/domain/operation'
import { letGo } from '@/lib/operations/let-go'
import { plannedStep, planOf, record } from '@/test/harness/operation-events'
import { hostOf } from '@/test/harness/operation-facts'
import { ScriptedDoor } from '@/test/harness/scripted-door'

const hosts = { primary: hostOf('alpha', '10.7.0.11'), standby: hostOf('beta', '10.7.0.12') }
const plan = planOf(
  [
    plannedStep('list', { host: 'standby', log: 'rsync_pip_req.log' }),
    plannedStep('copy', { host: 'primary' }),
  ],
  {
    operationId: '0a1b2c3d-0000-4000-8000-000000000000',
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
  },
)
const operation: Operation = {
  id: plan.operationId,
  pairId: plan.pairId,
  kind: plan.kind,
  state: 'closed',
  plan,
  input: null,
  reason: 'A standby is wanted.',
  startedBy: 'ann',
  createdAt: plan.madeAt,
  endedAt: plan.madeAt,
}
const events: readonly RecordedEvent[] = record([
  { type: 'operation.started', mode: 'run' },
  { type: 'step.output', stepId: 'list', line: 'a list was kept' },
  { type: 'operation.closed', by: 'ann', why: 'It is done by hand.' },
])

async function close(hold: string) {
  const of = (role: 'primary' | 'standby') => {
    const door = new ScriptedDoor()
    door.onAsk = () => `${'a'.repeat(32)}\n${hold}\n`
    return { host: hosts[role], door }
  }
  const [primary, standby] = [of('primary'), of('standby')]
  await letGo({
    operation,
    pairSlug: 'ledger',
    events,
    logDirectory: '/var/log/ledger',
    hosts: [primary, standby],
  })
  const written = ({ door }: typeof primary) =>
    door.ran.flatMap(({ text, stdin }) => {
      const path = /\/var\/log\/ledger\/[\w.]+/.exec(text)?.[0]
      return path ? [[path, stdin ?? ''] as const] : []
    })
  return { primary, standby, written }
}

test('an operation that is closed ends its transcript on both hosts, and the log of a step on that step’s host', async () => {
  const { primary, standby, written } = await close('held')
  expect(written(primary).map(([path]) => path)).toEqual(['/var/log/ledger/warm_standby.log'])
  const [transcript, own] = written(standby)
  expect(transcript?.[1]).toContain('closed by ann. It is done by hand.')
  expect(own?.[0]).toBe('/var/log/ledger/rsync_pip_req.log')
  expect(own?.[1]).toContain('a list was kept')
  expect(own?.[1]).not.toContain('closed by ann')
})

test('a host that is not held any more is left alone', async () => {
  const { primary, standby } = await close('free')
  expect([...primary.door.ran, ...standby.door.ran]).toEqual([])
})
