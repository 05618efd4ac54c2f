import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { breakLock, lockExitCodes, readLock, takeLock } from '@/lib/commands/host-lock'
import { parseHostLock } from '@/lib/domain/host-lock'
import { hostPlaces } from '@/lib/domain/host-places'
import type { Operation } from '@/lib/domain/operation'
import type { HostHold } from '@/lib/operations/engine/host-hold'
import { holdHosts } from '@/lib/operations/hold-hosts'
import { type LabPair, labProfile, openLabPair } from '@/test/harness/lab-pair'
import { plannedStep, planOf, record } from '@/test/harness/operation-events'
import { tryOn } from '@/test/harness/sync-hosts'

const systemPlaces = hostPlaces({ privilege: 'root', user: 'root', home: '/root' })
const lockPath = '/var/lib/understudy/operation.lock'
/** As if its dashboard had given its last sign of life two minutes ago. */
const ageLock = `touch -d '2 minutes ago' ${lockPath}`
const never = new AbortController().signal

let lab: Lab
let pair: LabPair
beforeAll(async () => {
  lab = await startLab()
  pair = await openLabPair(lab)
})
afterAll(async () => {
  await pair.close()
  await lab.down()
})

/** A lock as the host keeps it, null where there is none. */
const lockOn = async (index: number) =>
  parseHostLock((await tryOn(lab.host(index), readLock(systemPlaces))).stdout.replace(/^held -?\d+\n/, ''))

type Dashboard = {
  readonly identity?: string
  /** What its store knows of operations. */
  readonly known?: readonly Operation[]
  readonly hosts?: readonly ('primary' | 'standby')[]
  /** Hosts that answered when the plan was made; both when left out. */
  readonly answered?: readonly ('primary' | 'standby')[]
  readonly machineIds?: Partial<Record<'primary' | 'standby', string>>
}

/** An operation that some dashboard has begun, and its hold. */
function begun(over: Dashboard = {}, reason = 'A test.'): { operation: Operation; hold: HostHold } {
  const steps = (over.hosts ?? ['primary', 'standby']).map((host) => plannedStep(`on-${host}`, { host }))
  const operationId = crypto.randomUUID()
  const operation: Operation = {
    id: operationId,
    pairId: 'pair-1',
    kind: 'create',
    state: 'running',
    plan: planOf(steps, { operationId }),
    input: {},
    reason,
    startedBy: 'ada',
    createdAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
  }
  const { hosts, doors, pairs, ports } = pair
  const hold = holdHosts({
    operation,
    opened: {
      pair: pairs.current,
      profile: labProfile,
      hosts,
      doors: { primary: doors.door(hosts.primary), standby: doors.door(hosts.standby) },
    },
    ports: {
      clock: ports.clock,
      operations: { find: async (id) => over.known?.find((known) => known.id === id) ?? null },
      dashboard: { identity: async () => over.identity ?? 'dashboard-one', machine: 'desk' },
    },
    machineIds: {
      primary: hosts.primary.machineId,
      standby: hosts.standby.machineId,
      ...over.machineIds,
    },
    answered: new Set(over.answered ?? ['primary', 'standby']),
  })
  return { operation, hold }
}

/** Whatever a test leaves. */
afterEach(async () => {
  for (const host of lab.hosts) if (host.isOn()) await host.exec(`rm -rf ${lockPath}`)
})

describe('the lock on both hosts', () => {
  test('names who, what, when, why and from where, and goes without a trace', async () => {
    const before = await lab.host(0).exec('ls -ld /var/lib/understudy* 2>&1 || true')
    const { operation, hold } = begun()
    expect(await hold.take(never)).toEqual([`Holds ${lab.host(0).name} and ${lab.host(1).name}.`])
    for (const index of [0, 1])
      expect(await lockOn(index)).toEqual({
        operationId: operation.id,
        what: 'create of pair ledger',
        by: 'ada',
        reason: 'A test.',
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        dashboardId: 'dashboard-one',
        from: expect.stringMatching(/^desk \(10\.213\.\d+\.1\)$/),
      })
    expect(await hold.release()).toEqual([])
    expect([await lockOn(0), await lockOn(1)]).toEqual([null, null])
    expect(await lab.host(0).exec('ls -ld /var/lib/understudy* 2>&1 || true')).toBe(before)
  })

  test('is kept by the same operation, however often it is taken, and over a boot of the host', async () => {
    const { hold } = begun()
    await hold.take(never)
    const first = await lockOn(1)
    expect(await hold.take(never)).toEqual([])
    await lab.host(1).kill()
    await lab.host(1).boot()
    expect(await hold.take(never)).toEqual([])
    expect(await lockOn(1)).toEqual(first)
    await hold.prove('standby')
    await hold.release()
  })

  test('refuses another dashboard with a sentence that names the holder, and leaves nothing of it behind', async () => {
    const one = begun({ hosts: ['standby'], answered: ['standby'] }, 'Moving to the new room.')
    await one.hold.take(never)
    const other = begun({ identity: 'dashboard-two', known: [] })
    await expect(other.hold.take(never)).rejects.toMatchObject({
      code: 'PAIR_BUSY',
      message: expect.stringMatching(
        new RegExp(
          `^${lab.host(1).name} is held by the create of pair ledger, started by ada at .* from desk \\(.*\\): Moving to the new room\\.$`,
        ),
      ),
    })
    expect(await lockOn(0)).toBeNull()
    expect((await lockOn(1))?.operationId).toBe(one.operation.id)
    await one.hold.release()
  })

  test('of two dashboards at once, exactly one gets both hosts', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [begun(), begun({ identity: 'dashboard-two' })]
      const outcomes = await Promise.allSettled([one.hold.take(never), two.hold.take(never)])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const winner = outcomes[0]?.status === 'fulfilled' ? one : two
      expect((await lockOn(0))?.operationId).toBe(winner.operation.id)
      expect((await lockOn(1))?.operationId).toBe(winner.operation.id)
      await Promise.all([one.hold.release(), two.hold.release()])
      expect([await lockOn(0), await lockOn(1)]).toEqual([null, null])
    }
  })

  test('of an operation that our own store knows to have ended is taken over, and that is said', async () => {
    const old = begun()
    await old.hold.take(never)
    const next = begun({ known: [{ ...old.operation, state: 'closed' }] })
    expect(await next.hold.take(never)).toContain(
      'The lock of the create of pair ledger, which has ended, was taken over.',
    )
    expect((await lockOn(0))?.operationId).toBe(next.operation.id)
    expect(await old.hold.release()).toEqual([])
    expect((await lockOn(0))?.operationId).toBe(next.operation.id)
    await next.hold.release()
  })

  test('of an operation that still stands is not taken over, and one of another dashboard never', async () => {
    const old = begun()
    await old.hold.take(never)
    const standing = begun({ known: [{ ...old.operation, state: 'failed' }] })
    await expect(standing.hold.take(never)).rejects.toMatchObject({ code: 'PAIR_BUSY' })
    const foreign = begun({ identity: 'dashboard-two', known: [{ ...old.operation, state: 'closed' }] })
    await expect(foreign.hold.take(never)).rejects.toMatchObject({ code: 'PAIR_BUSY' })
    await old.hold.release()
  })

  test('is broken only as it was seen', async () => {
    const one = begun()
    await one.hold.take(never)
    const seen = await lockOn(0)
    await one.hold.release()
    const two = begun({ identity: 'dashboard-two' })
    await two.hold.take(never)
    expect((await tryOn(lab.host(0), breakLock(seen, systemPlaces))).exitCode).toBe(lockExitCodes.held)
    expect((await lockOn(0))?.operationId).toBe(two.operation.id)
    expect((await tryOn(lab.host(0), breakLock(await lockOn(0), systemPlaces))).exitCode).toBe(
      lockExitCodes.atWork,
    )
    await lab.host(0).exec(ageLock)
    expect((await tryOn(lab.host(0), breakLock(await lockOn(0), systemPlaces))).exitCode).toBe(0)
    expect(await lockOn(0)).toBeNull()
    await two.hold.release()
  })

  test('that can’t be read holds as well, and is broken as such', async () => {
    await lab.host(0).exec(`mkdir -p /var/lib/understudy && : > ${lockPath}`)
    const { hold } = begun()
    await expect(hold.take(never)).rejects.toMatchObject({
      code: 'PAIR_BUSY',
      message: `${lab.host(0).name} carries a lock that can’t be read.`,
    })
    await lab.host(0).exec(ageLock)
    expect((await tryOn(lab.host(0), breakLock(null, systemPlaces))).exitCode).toBe(0)
    await hold.take(never)
    await hold.release()
  })

  test('stands before every step: once it was taken away, nothing more is done', async () => {
    const { hold } = begun()
    await hold.take(never)
    await hold.prove('primary')
    await hold.prove('here')
    await lab.host(0).exec(`rm ${lockPath}`)
    await expect(hold.prove('primary')).rejects.toMatchObject({ code: 'PAIR_BUSY' })
    await hold.release()
  })

  test('is written on no other machine than the plan’s', async () => {
    const { hold } = begun({ machineIds: { standby: '0'.repeat(32) } })
    await expect(hold.take(never)).rejects.toMatchObject({ code: 'WRONG_HOST' })
    expect([await lockOn(0), await lockOn(1)]).toEqual([null, null])
  })

  test('stands on a host where no step acts too, unless that one did not answer', async () => {
    const both = begun({ hosts: ['standby'] })
    expect(await both.hold.take(never)).toEqual([`Holds ${lab.host(0).name} and ${lab.host(1).name}.`])
    expect((await lockOn(0))?.operationId).toBe(both.operation.id)
    await both.hold.release()
    const alone = begun({ hosts: ['standby'], answered: ['standby'] })
    expect(await alone.hold.take(never)).toEqual([
      `Holds ${lab.host(1).name}.`,
      `${lab.host(0).name} is not held: it could not be asked, and no step acts there.`,
    ])
    expect(await lockOn(0)).toBeNull()
    await alone.hold.release()
  })

  test('is in the way where no step acts only while its dashboard is at work', async () => {
    const one = begun({ hosts: ['standby'], answered: ['standby'] })
    await one.hold.take(never)
    const beside = () => begun({ identity: 'dashboard-two', hosts: ['primary'] })
    await expect(beside().hold.take(never)).rejects.toMatchObject({ code: 'PAIR_BUSY' })
    expect(await lockOn(0)).toBeNull()
    await lab.host(1).exec(ageLock)
    const { hold } = beside()
    expect(await hold.take(never)).toEqual([
      `Holds ${lab.host(0).name}.`,
      expect.stringContaining(
        `${lab.host(1).name} is not held, and no step acts there: ${lab.host(1).name} is held by`,
      ),
    ])
    expect((await lockOn(1))?.operationId).toBe(one.operation.id)
    await hold.release()
    await one.hold.release()
  })

  test('is kept in the home of a user who may nothing else', async () => {
    const machineId = await lab.host(0).exec('cat /etc/machine-id')
    const lock = (await (async () => {
      const { hold } = begun()
      await hold.take(never)
      const seen = await lockOn(0)
      await hold.release()
      return seen
    })()) ?? { operationId: '', what: '', by: '', reason: '', since: '', dashboardId: '', from: '' }
    const home = await lab.host(0).exec('getent passwd plain | cut -d: -f6')
    const place = hostPlaces({ privilege: 'unprivileged', user: 'plain', home })
    const take = takeLock({ lock, machineId, broken: null, place })
    expect(await lab.host(0).exec(take.text, { user: 'plain', input: take.stdin ?? '' })).toBe('taken')
    expect(await lab.host(0).exec(`cat ${home}/.understudy/state/operation.lock`)).toContain('create of pair')
    await lab.host(0).exec(`touch -d '2 minutes ago' ${home}/.understudy/state/operation.lock`)
    await lab.host(0).exec(breakLock(lock, place).text, { user: 'plain' })
    expect((await lab.host(0).tryExec(`ls -d ${home}/.understudy`)).exitCode).not.toBe(0)
  })
})

describe('the transcript on the hosts', () => {
  const path = `${labProfile.logDirectory}/warm_standby.log`
  const events = record([
    { type: 'operation.started', mode: 'run' },
    { type: 'step.started', stepId: 'on-primary', attempt: 1 },
    { type: 'step.output', stepId: 'on-primary', line: 'it’s done; $(touch /tmp/owned) `id` \\n' },
    { type: 'step.succeeded', stepId: 'on-primary', sentence: 'Seen.' },
  ])

  test('gets each event once, whoever writes and how often, and is read as it was written', async () => {
    const { operation, hold } = begun()
    const mark = operation.id.slice(0, 8)
    await hold.take(never)
    expect(await hold.write(events.slice(0, 2))).toEqual([])
    expect(await hold.write(events)).toEqual([])
    expect(await hold.write(events)).toEqual([])
    for (const host of lab.hosts) {
      const text = await host.exec(`grep -F '[${mark} ' ${path}`)
      expect(text.split('\n')).toEqual([
        `2026-01-01T00:00:00.000Z [${mark} #1] == create of ledger: run, started by ada: A test.`,
        `2026-01-01T00:00:01.000Z [${mark} #2] [1/2] Do on-primary`,
        `2026-01-01T00:00:01.000Z [${mark} #2]     on-primary`,
        `2026-01-01T00:00:02.000Z [${mark} #3]     | it’s done; $(touch /tmp/owned) \`id\` \\n`,
        `2026-01-01T00:00:03.000Z [${mark} #4] [1/2] Do on-primary: done. Seen.`,
      ])
      expect((await host.tryExec('test -e /tmp/owned')).exitCode).toBe(1)
      expect(await host.exec(`stat -c '%a %U' ${path}`)).toBe('640 root')
    }
  })

  test('that several write at once, as a paused worker and the one that took over, has every event once', async () => {
    const { operation, hold } = begun()
    await hold.take(never)
    await Promise.all([hold.write(events), hold.write(events), hold.write(events.slice(0, 3))])
    const count = `grep -c '^[^ ]* \\[${operation.id.slice(0, 8)} #' ${path}`
    for (const host of lab.hosts) expect(await host.exec(count)).toBe('5')
    await hold.release()
  })

  test('is not written where the host is not held', async () => {
    const { hold } = begun({ machineIds: { standby: '0'.repeat(32) } })
    await expect(hold.take(never)).rejects.toMatchObject({ code: 'WRONG_HOST' })
    const sizes = () => Promise.all(lab.hosts.map((host) => host.exec(`wc -c < ${path}`)))
    const before = await sizes()
    expect(await hold.write(events)).toEqual([])
    expect(await sizes()).toEqual(before)
  })

  test('that can’t be written is said, and nothing fails by it', async () => {
    const { hold } = begun()
    await hold.take(never)
    const heal = await lab.host(1).cut()
    const [sentence, ...others] = await hold.write(events)
    await heal()
    expect(others).toEqual([])
    expect(sentence).toMatch(
      new RegExp(`^The transcript could not be written to ${path} on ${lab.host(1).name}:`),
    )
  })
})
