import { describe, expect, test } from 'vitest'
import { lockExitCodes } from '@/lib/commands/host-lock'
import type { GivingWay } from '@/lib/domain/giving-way'
import type { Host } from '@/lib/domain/host'
import { type HostLock, hostLockText } from '@/lib/domain/host-lock'
import type { Role } from '@/lib/domain/pair'
import { isBlocking } from '@/lib/domain/preflight'
import { AppError } from '@/lib/errors'
import { lockChecks } from '@/lib/operations/preflight/lock-checks'
import type { HostDoor } from '@/lib/ports/host-door'
import { memoryOperation } from '@/test/harness/memory-operations'
import { plannedStep, planOf } from '@/test/harness/operation-events'

const lock: HostLock = {
  operationId: 'op-1',
  what: 'create of pair ledger',
  by: 'ada',
  reason: 'A second site',
  since: '2026-11-23T05:00:00.000Z',
  dashboardId: 'ours',
  from: 'desk (10.0.0.9)',
}
const hostOf = (name: string): Host => ({
  id: name,
  name,
  address: '10.0.0.1',
  port: 22,
  user: 'root',
  authKind: 'key',
  hostKeyFingerprint: null,
  hostKey: null,
  privilege: 'root',
  machineId: null,
  home: '/root',
  accessRevision: 1,
})
const hosts = { primary: hostOf('a'), standby: hostOf('b') }

/** The answer where the login user may not look for the lock. */
const unseen = { exitCode: lockExitCodes.unseen, stdout: '', stderr: '', tookMs: 1 } as const

/** A host that answers so to the question for its lock. */
const doorOf = (answer: string | AppError | typeof unseen) =>
  ({
    ask: async () => {
      if (answer instanceof AppError) throw answer
      if (answer === unseen) return unseen
      return { exitCode: 0, stdout: answer, stderr: '', tookMs: 1 }
    },
  }) as unknown as HostDoor

/** The standby's check, where its lock is `answer` and our own store knows `known` of its operation. */
async function check(
  answer: string | AppError | typeof unseen,
  known: 'nothing' | 'running' | 'closed' = 'nothing',
  {
    required = ['primary', 'standby'],
    beside = [],
    givingWay = null,
  }: { required?: readonly Role[]; beside?: readonly Role[]; givingWay?: GivingWay | null } = {},
) {
  const operations = memoryOperation(planOf([plannedStep('one')]))
  await operations.append('op-1', { type: 'operation.started', mode: 'run' })
  if (known === 'closed') {
    await operations.append('op-1', { type: 'operation.cancelled' })
    await operations.append('op-1', { type: 'operation.closed', by: 'ada', why: 'Enough.' })
  }
  const checks = await lockChecks(
    hosts,
    { primary: doorOf(''), standby: doorOf(answer) },
    {
      dashboard: { identity: async () => 'ours' },
      operations: { find: async (id) => (known === 'nothing' ? null : await operations.find(id)) },
    },
    { required, beside, givingWay },
  )
  expect(checks.map(({ id }) => id)).toEqual(['primary-lock', 'standby-lock'])
  expect(checks[0]).toMatchObject({ outcome: 'pass', evidence: 'No operation holds a.' })
  return { found: checks[1], blocks: isBlocking(checks) }
}
const held = (over: Partial<HostLock> = {}, ageSeconds = 5) =>
  `held ${ageSeconds}\n${hostLockText({ ...lock, ...over })}`

describe('before anything is started', () => {
  test('hosts that nobody holds are free', async () => {
    expect(await check('')).toMatchObject({ found: { outcome: 'pass' }, blocks: false })
  })

  test('another dashboard’s lock blocks, names the holder and says the way out', async () => {
    const { found, blocks } = await check(held({ dashboardId: 'theirs' }), 'closed')
    expect(blocks).toBe(true)
    expect(found).toMatchObject({
      outcome: 'fail',
      evidence:
        'b is held by the create of pair ledger, started by ada at 2026-11-23T05:00:00.000Z from desk (10.0.0.9): A second site.',
      fix: expect.stringContaining('understudy hosts unlock b'),
    })
  })

  test('our own lock blocks while its operation is not ended', async () => {
    expect(await check(held(), 'running')).toMatchObject({ found: { outcome: 'fail' }, blocks: true })
  })

  test('our own lock does not block where its operation has ended', async () => {
    expect(await check(held(), 'closed')).toMatchObject({
      found: { outcome: 'pass', evidence: expect.stringContaining('taken over') },
      blocks: false,
    })
  })

  test('our own lock blocks where our record does not have its operation, and says why that can be', async () => {
    expect(await check(held(), 'nothing')).toMatchObject({
      found: { outcome: 'fail', fix: expect.stringContaining('restored from an older copy') },
      blocks: true,
    })
  })

  test('where no step acts, another’s lock blocks only while it is at work', async () => {
    const theirs = { dashboardId: 'theirs' }
    const beside: readonly Role[] = ['standby']
    for (const age of [-3, 0, 59])
      expect(await check(held(theirs, age), 'nothing', { beside })).toMatchObject({ blocks: true })
    for (const age of [-3600, 60, 7200])
      expect(await check(held(theirs, age), 'nothing', { beside })).toMatchObject({
        found: {
          outcome: 'warn',
          evidence: expect.stringContaining('b is held by the create of pair ledger'),
        },
        blocks: false,
      })
    expect(await check(held(theirs, 7200))).toMatchObject({ blocks: true })
  })

  test('that of the promotion which gives way does not block, that of any other does', async () => {
    const givingWay = { operationId: 'op-1', state: 'failed', left: [] } as const
    expect(await check(held(), 'running', { givingWay })).toMatchObject({
      found: {
        outcome: 'pass',
        evidence: 'The promotion that stands holds b: it is closed when this begins.',
      },
      blocks: false,
    })
    const other = { ...givingWay, operationId: 'op-2' }
    expect(await check(held(), 'running', { givingWay: other })).toMatchObject({ blocks: true })
  })

  test('a lock that can’t be read blocks: nobody can say whose it is', async () => {
    expect(await check('held 5\n')).toMatchObject({ found: { outcome: 'fail' }, blocks: true })
  })

  test('a lock that the login user may not look at blocks: no answer is not a free host', async () => {
    expect(await check(unseen)).toMatchObject({
      found: {
        outcome: 'fail',
        evidence: expect.stringContaining('could not be looked at'),
        fix: expect.stringContaining('/var/lib/understudy'),
      },
      blocks: true,
    })
  })

  test.each([
    [['primary', 'standby'] as const, { found: { outcome: 'fail' }, blocks: true }],
    [['primary'] as const, { found: { outcome: 'warn' }, blocks: false }],
  ])(
    'a host that can’t be asked is not passed: where %j can’t be done without, %o',
    async (required, seen) => {
      const { found, blocks } = await check(
        new AppError('HOST_COMMAND_FAILED', 'b does not say.', { fix: 'Look there.' }),
        'nothing',
        { required },
      )
      expect({ found, blocks }).toMatchObject(seen)
      expect(found).toMatchObject({
        evidence: 'Whether another operation holds b is not known: b does not say.',
        fix: 'Look there.',
        canOverride: false,
      })
    },
  )
})
