import { beforeEach, describe, expect, test } from 'vitest'
import { lockExitCodes } from '@/lib/commands/host-lock'
import { hostLockText } from '@/lib/domain/host-lock'
import type { RecordedEvent } from '@/lib/domain/operation'
import type { Role } from '@/lib/domain/pair'
import { AppError, type ErrorCode } from '@/lib/errors'
import { lockChecks } from '@/lib/operations/preflight/lock-checks'
import {
  dashboardId,
  held,
  holdGround,
  hosts,
  lockOf,
  machineIds,
  operation,
  planOn,
} from '@/test/harness/hold-ground'
import { forEveryCreate } from '@/test/harness/plan-variants'
import type { Answer } from '@/test/harness/scripted-door'

const signal = new AbortController().signal

let { doors, taking, lockRead, others, ports, hold, ranOn } = holdGround()
beforeEach(() => {
  ;({ doors, taking, lockRead, others, ports, hold, ranOn } = holdGround())
})
const released = (role: Role) => ranOn(role, 'rm -f -- "$lock"')

describe('an operation', () => {
  test('takes both hosts before its first step, each with a lock that says who, what, when and from where', async () => {
    expect(await hold().take(signal)).toEqual(['Holds alpha and beta.'])
    for (const role of ['primary', 'standby'] as const)
      expect(doors[role].ran[0]?.stdin).toBe(
        hostLockText({
          operationId: operation.id,
          what: 'create of pair ledger',
          by: 'ann',
          reason: 'A standby is wanted.',
          since: '2026-11-23T03:00:00.000Z',
          dashboardId,
          from: 'desk (192.0.2.7)',
        }),
      )
  })

  test('that is taken up again keeps the hosts that it has, and says nothing of it', async () => {
    Object.assign(taking, { primary: ['kept\n'], standby: ['kept\n'] })
    expect(await hold().take(signal)).toEqual([])
  })

  test('lets go of exactly what it took', async () => {
    const holding = hold()
    await holding.take(signal)
    expect(await holding.release()).toEqual([])
    expect([released('primary'), released('standby')]).toEqual([1, 1])
    const untaken = hold()
    await untaken.release()
    expect([released('primary'), released('standby')]).toEqual([1, 1])
  })

  test('ends although a host can’t be let go, and says who will take its lock over', async () => {
    const holding = hold()
    await holding.take(signal)
    doors.standby.onRun = () => new AppError('HOST_UNREACHABLE', 'beta can’t be reached.')
    expect(await holding.release()).toEqual([
      'db1 could not be let go: beta can’t be reached. That is done as soon as it answers again.',
    ])
  })
})

describe('a host that is away when all is done', () => {
  const lost = new AppError('HOST_CONNECTION_LOST', 'It was lost.')
  const events: RecordedEvent[] = [
    { seq: 1, at: '2026-11-23T03:00:00.000Z', event: { type: 'operation.succeeded' } },
  ]
  /** Runs nothing on the standby the first `times`. */
  const away = (times: number) => {
    let left = times
    doors.standby.onRun = () => {
      left -= 1
      return left >= 0 ? lost : ''
    }
  }

  test('is let go, and its transcript ends, once it is back', async () => {
    const holding = hold()
    await holding.take(signal)
    away(1)
    expect(await holding.release()).toEqual([])
    expect(released('standby')).toBe(2)
    away(1)
    expect(await holding.write(events)).toEqual([])
    expect(ranOn('standby', 'warm_standby.log')).toBe(2)
  })

  test('and stays away is told, and not waited for a second time', async () => {
    const holding = hold()
    await holding.take(signal)
    away(Number.POSITIVE_INFINITY)
    expect(await holding.release()).toHaveLength(1)
    expect(await holding.write(events)).toHaveLength(1)
    expect(ranOn('standby', 'warm_standby.log')).toBe(1)
  })

  test('is not waited for by the record of an operation that stands', async () => {
    const holding = hold()
    await holding.take(signal)
    away(1)
    expect(await holding.write(events)).toHaveLength(1)
  })
})

describe('a host that another operation has', () => {
  test.each([
    ['of another dashboard', lockOf({ dashboardId: 'theirs' }), null],
    ['of ours that runs', lockOf(), 'running'],
    ['of ours that stands', lockOf(), 'failed'],
  ] as const)('%s refuses, names the holder, and lets the first host go again', async (_, lock, state) => {
    if (state) others.set(lock.operationId, state)
    taking.standby = [held(lock)]
    await expect(hold().take(signal)).rejects.toMatchObject({
      code: 'PAIR_BUSY',
      message: expect.stringContaining('started by bob at 2026-11-23T02:00:00.000Z from desk (192.0.2.9)'),
      fix: expect.stringContaining('understudy hosts unlock beta'),
    })
    expect(released('primary')).toBe(1)
    expect(released('standby')).toBe(0)
  })

  test.each([['succeeded'], ['undone'], ['closed']] as const)(
    'of ours that has ended (%s) is taken over once, and that is told',
    async (state) => {
      const lock = lockOf()
      others.set(lock.operationId, state)
      taking.standby = [held(lock), 'taken\n']
      expect(await hold().take(signal)).toContain(
        'The lock of the promote of pair ledger, which has ended, was taken over.',
      )
      taking.standby = [held(lock), held(lock)]
      await expect(hold().take(signal)).rejects.toMatchObject({ code: 'PAIR_BUSY' })
    },
  )

  test('of ours that our own record does not have is not taken over: it may come from an older copy', async () => {
    taking.standby = [held(lockOf()), 'taken\n']
    await expect(hold().take(signal)).rejects.toMatchObject({
      code: 'PAIR_BUSY',
      fix: expect.stringMatching(/restored from an older copy.*understudy hosts unlock beta$/),
    })
    expect(released('primary')).toBe(1)
  })

  test('by a lock that nobody can read is refused too', async () => {
    taking.primary = [{ exitCode: lockExitCodes.held, stdout: 'garbage' }]
    await expect(hold().take(signal)).rejects.toMatchObject({
      code: 'PAIR_BUSY',
      message: expect.stringContaining('carries a lock that can’t be read'),
    })
  })
})

describe('a host on which no step acts, as the new primary of a fence', () => {
  const theirs = lockOf({ dashboardId: 'theirs' })

  test('is held as well, and gets the transcript', async () => {
    const holding = hold(planOn('standby'))
    expect(await holding.take(signal)).toEqual(['Holds alpha and beta.'])
    expect(await holding.release()).toEqual([])
    expect([released('primary'), released('standby')]).toEqual([1, 1])
  })

  test('is not even tried where it did not answer when the plan was made', async () => {
    const known = { ...machineIds, primary: null }
    for (const ids of [machineIds, known])
      expect(await hold(planOn('standby'), ids, { answered: ['standby'] }).take(signal)).toEqual([
        'Holds beta.',
        'alpha is not held: it could not be asked, and no step acts there.',
      ])
    expect([doors.primary.ran, doors.primary.asked]).toEqual([[], []])
  })

  test.each<[string, Answer, string]>([
    ['is away', new AppError('HOST_UNREACHABLE', 'It is away.'), 'It is away.'],
    ['is another machine', { exitCode: lockExitCodes.otherMachine, stdout: 'c0ffee\n' }, 'another machine'],
    ['can’t be written', { exitCode: 1, stdout: '' }, 'could not be locked'],
  ])('that %s is done without at once', async (_, answer, words) => {
    taking.primary = [answer, 'taken\n']
    const [holds, note] = await hold(planOn('standby')).take(signal)
    expect(holds).toBe('Holds beta.')
    expect(note).toContain('alpha is not held, and no step acts there: ')
    expect(note).toContain(words)
  })

  test('refuses where somebody else is at work on it, and what was taken is let go', async () => {
    taking.primary = [held(theirs)]
    lockRead.primary = `held 12\n${hostLockText(theirs)}`
    await expect(hold(planOn('standby')).take(signal)).rejects.toMatchObject({
      code: 'PAIR_BUSY',
      message: expect.stringContaining('alpha is held by the promote of pair ledger'),
    })
    expect(released('standby')).toBe(1)
  })

  test('does not hinder where somebody else’s operation only stands there, and that is said', async () => {
    taking.primary = [held(theirs)]
    lockRead.primary = `held 600\n${hostLockText(theirs)}`
    expect(await hold(planOn('standby')).take(signal)).toEqual([
      'Holds beta.',
      expect.stringContaining(
        'alpha is not held, and no step acts there: alpha is held by the promote of pair ledger, started by bob',
      ),
    ])
    expect(released('standby')).toBe(0)
  })
})

describe('the wrong host', () => {
  test('of two that nothing tells apart is neither: not even a lock is written on one of them', async () => {
    const same = { primary: 'a'.repeat(32), standby: 'a'.repeat(32) }
    const holding = hold(operation.plan, same)
    await expect(holding.take(signal)).rejects.toMatchObject({
      code: 'WRONG_HOST',
      message: expect.stringContaining('alpha and beta have the same machine-id'),
    })
    await holding.write([])
    expect([...doors.primary.ran, ...doors.standby.ran]).toEqual([])
  })

  test('is never taken: neither another machine, nor one that the plan never saw', async () => {
    taking.standby = [{ exitCode: lockExitCodes.otherMachine, stdout: 'c0ffee\n' }]
    await expect(hold().take(signal)).rejects.toMatchObject({ code: 'WRONG_HOST' })
    await expect(hold(operation.plan, { ...machineIds, standby: null }).take(signal)).rejects.toMatchObject({
      code: 'WRONG_HOST',
    })
    expect(released('primary')).toBe(2)
  })

  test.each<[string, string, ErrorCode]>([
    ['is another machine', `c0ffee\nheld\n`, 'WRONG_HOST'],
    ['lost its lock', `${'b'.repeat(32)}\nfree\n`, 'PAIR_BUSY'],
    ['says nothing', '', 'WRONG_HOST'],
  ])('is found just before a step when it %s', async (_, answer, code) => {
    const holding = hold()
    await holding.take(signal)
    await holding.prove('standby')
    doors.standby.onAsk = () => answer
    await expect(holding.prove('standby')).rejects.toMatchObject({ code })
    await holding.prove('primary')
    await holding.prove('here')
  })
})

test('a host that is just coming back is waited for, one that refuses us is not', async () => {
  taking.primary = [new AppError('HOST_CONNECTION_LOST', 'It was lost.'), 'taken\n']
  expect(await hold().take(signal)).toContain('Holds alpha and beta.')
  taking.primary = [new AppError('HOST_AUTH_FAILED', 'It refused.'), 'taken\n']
  await expect(hold().take(signal)).rejects.toMatchObject({ code: 'HOST_AUTH_FAILED' })
})

describe('a host on which nothing is left to do', () => {
  const spared = new Set(['primary'] as const)
  const away = () => new AppError('HOST_UNREACHABLE', 'alpha can’t be reached.')

  test('is done without when it is away, and nothing is written to it', async () => {
    taking.primary = [away()]
    const holding = hold()
    expect(await holding.take(signal, spared)).toEqual([
      'Holds beta.',
      'alpha is not held, and nothing is left to do there: alpha can’t be reached.',
    ])
    await holding.prove('standby')
    expect(await holding.release()).toEqual([])
    expect([released('primary'), released('standby')]).toEqual([0, 1])
  })

  test('is held when it is there, and refused where it is another machine or somebody else’s', async () => {
    expect(await hold().take(signal, spared)).toEqual(['Holds alpha and beta.'])
    taking.primary = [{ exitCode: lockExitCodes.otherMachine, stdout: 'c0ffee\n' }]
    await expect(hold().take(signal, spared)).rejects.toMatchObject({ code: 'WRONG_HOST' })
    taking.primary = [held(lockOf({ dashboardId: 'theirs' }))]
    await expect(hold().take(signal, spared)).rejects.toMatchObject({ code: 'PAIR_BUSY' })
  })

  test('is the only one that is: the other one is needed', async () => {
    taking.standby = [away()]
    await expect(hold().take(signal, spared)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' })
  })
})

test('nothing is taken any more once the operation is stopped', async () => {
  const stopped = AbortSignal.abort(new AppError('CANCELLED', 'It was cancelled.'))
  await expect(hold().take(stopped)).rejects.toMatchObject({ code: 'CANCELLED' })
  expect([...doors.primary.ran, ...doors.standby.ran]).toEqual([])
})

test('the transcript is written only where the host is held, and a host that can’t write it is told, not waited for', async () => {
  const events: RecordedEvent[] = [
    { seq: 1, at: '2026-11-23T03:00:00.000Z', event: { type: 'operation.started', mode: 'run' } },
  ]
  const holding = hold()
  await holding.write(events)
  expect(ranOn('primary', 'warm_standby.log')).toBe(0)
  await holding.take(signal)
  expect(await holding.write(events)).toEqual([])
  expect([ranOn('primary', 'warm_standby.log'), ranOn('standby', 'warm_standby.log')]).toEqual([1, 1])
  doors.standby.onRun = () => new AppError('HOST_DISK_FULL', 'The disk of beta is full.')
  expect(await holding.write(events)).toEqual([
    'The transcript could not be written to /var/log/ledger/warm_standby.log on beta: The disk of beta is full.',
  ])
})

describe('a step with a log of its own', () => {
  const log = 'rsync_pip_req.log'
  const steps = operation.plan.steps.map((step) => (step.host === 'standby' ? { ...step, log } : step))
  const stepId = steps.find(({ host }) => host === 'standby')?.id ?? ''
  const events: RecordedEvent[] = [
    {
      seq: 1,
      at: '2026-11-23T03:00:00.000Z',
      event: { type: 'step.output', stepId, line: 'Successfully installed flask' },
    },
  ]

  test('is told there too, on the host on which it acts', async () => {
    const holding = hold({ ...operation.plan, steps })
    await holding.take(signal)
    expect(await holding.write(events)).toEqual([])
    expect([ranOn('primary', log), ranOn('standby', log)]).toEqual([0, 1])
    const [written] = doors.standby.ran.filter(({ text }) => text.includes(`/var/log/ledger/${log}`))
    expect(written?.stdin).toContain('Successfully installed flask')
    expect([ranOn('primary', 'warm_standby.log'), ranOn('standby', 'warm_standby.log')]).toEqual([1, 1])
  })

  test('and can’t be written names that log', async () => {
    const holding = hold({ ...operation.plan, steps })
    await holding.take(signal)
    doors.standby.onRun = ({ text }) =>
      text.includes(log) ? new AppError('HOST_COMMAND_FAILED', 'beta did not do it.') : ''
    expect(await holding.write(events)).toEqual([
      `The transcript could not be written to /var/log/ledger/${log} on beta: beta did not do it.`,
    ])
  })
})

describe('before anything is started', () => {
  const judge = () => ({ dashboard: ports.dashboard, operations: ports.operations })
  const outcomes = async () =>
    (await lockChecks(hosts, doors, judge(), { required: ['primary', 'standby'] })).map(
      ({ id, outcome }) => `${id} ${outcome}`,
    )
  const found = (text: string) => {
    for (const role of ['primary', 'standby'] as const) doors[role].onAsk = () => text
  }

  test('hosts that nobody holds pass, also where an operation that has ended left its lock', async () => {
    found('')
    expect(await outcomes()).toEqual(['primary-lock pass', 'standby-lock pass'])
    others.set(lockOf().operationId, 'closed')
    found(`held 5\n${hostLockText(lockOf())}`)
    expect(await outcomes()).toEqual(['primary-lock pass', 'standby-lock pass'])
  })

  test('hosts that another holds fail, and so does one that can’t be asked', async () => {
    found(`held 5\n${hostLockText(lockOf({ dashboardId: 'theirs' }))}`)
    doors.standby.onAsk = () => new AppError('HOST_UNREACHABLE', 'beta can’t be reached.')
    expect(await outcomes()).toEqual(['primary-lock fail', 'standby-lock fail'])
  })
})

test('every plan of a create acts on both hosts, so that both are held', () => {
  forEveryCreate(({ steps }) => {
    for (const role of ['primary', 'standby'] as const)
      expect(steps.some(({ host }) => host === role)).toBe(true)
  })
})
