import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { lsnDistanceBytes } from '@/lib/domain/lsn'
import { makeStreaming, WatchedLab } from '@/test/harness/watched-lab'

/** What must be told of a fault within this time, from the fault on (`5-quality.md`, Truth). */
const truthMs = 3000
const mendMs = 45_000

let watched: WatchedLab
beforeAll(async () => {
  watched = await WatchedLab.start()
  await watched.untilState('protected', mendMs)
})
afterAll(() => watched.close())

/** Each test begins and ends with a sound pair. */
let mend: () => Promise<unknown> = async () => undefined
afterEach(async () => {
  await mend()
  mend = async () => undefined
  await watched.untilSound(mendMs)
})

const reasons = () => watched.latest.verdict.reasons.join(' ')
const machine = (role: 'primary' | 'standby') => {
  const { machine } = watched.latest.observation.hosts[role]
  if (!machine.seen) throw new Error(machine.why.message)
  return machine.value
}
const server = (role: 'primary' | 'standby') => {
  const { server } = watched.latest.observation.hosts[role]
  if (!server.seen) throw new Error(server.why.message)
  return server.value
}
/** Awaits the look after the one that is there now. */
async function nextLook() {
  const { at } = watched.latest.observation
  await awaitFact('a new look', () => watched.latest.observation.at !== at, { timeoutMs: 5000 })
}

test('both hosts are looked at once a second', async () => {
  await nextLook()
  const since = performance.now()
  for (let look = 0; look < 5; look += 1) await nextLook()
  const eachMs = (performance.now() - since) / 5
  expect(eachMs).toBeGreaterThan(700)
  expect(eachMs).toBeLessThan(1_300)
})

test('a streaming pair is protected, and every fact of both hosts is there', async () => {
  const [primary, standby] = [server('primary'), server('standby')]
  expect(primary).toMatchObject({ inRecovery: false, timeline: 1, walSegmentsConfigured: 32, port: 5432 })
  expect(primary.senders).toMatchObject([
    { applicationName: 'understudy_ledger', clientAddress: watched.standby.address, state: 'streaming' },
  ])
  expect(standby.receiver).toMatchObject({ status: 'streaming', senderHost: watched.primary.address })
  expect(standby.systemIdentifier).toBe(primary.systemIdentifier)
  expect(machine('primary')).toMatchObject({
    hostname: watched.primary.name,
    postgresProcess: 'running',
    cronRunning: true,
    syncScheduled: false,
    applicationActive: true,
    applicationVersion: await watched.primary.exec('cat /srv/ledger/VERSION'),
  })
  expect(machine('standby')).toMatchObject({ postgresProcess: 'running', applicationActive: false })
  await awaitFact('the size of the disk', () => machine('primary').dataDiskFreeBytes !== null)
  expect(watched.latest.verdict).toMatchObject({
    rolesSeen: { primary: 'primary', standby: 'standby' },
    readyForFailover: { ready: true },
    readyForSwitchover: { ready: true },
  })
  expect(watched.latest.verdict.lag.receive.seconds).toBeLessThan(2)
})

test('the clocks are measured: those of one machine agree within the uncertainty', () => {
  for (const role of ['primary', 'standby'] as const) {
    const { clockOffsetMs, clockErrorMs } = machine(role)
    expect(Math.abs(clockOffsetMs)).toBeLessThanOrEqual(clockErrorMs + 2)
  }
})

test('a clock that is an hour ahead is told, and lag and loss stay right', async () => {
  const shim = '/usr/local/bin/date'
  await watched.standby.exec(
    `printf '%s\\n' '#!/bin/sh' 'echo $(($(/usr/bin/date +%s%N) + 3600000000000))' >${shim} && chmod 755 ${shim}`,
  )
  mend = () => watched.standby.exec(`rm -f ${shim}`)
  await watched.untilState('degraded', 45_000)
  expect(reasons()).toMatch(
    new RegExp(
      `The clock of ${watched.standby.name} is (1 h|59 min 59 s) ahead of that of ${watched.primary.name}`,
    ),
  )
  expect(watched.latest.verdict.lag.replay.seconds).toBeLessThan(2)
  await mend()
  await watched.untilState('protected', 45_000)
})

test('an idle primary has no lag, in bytes and in seconds', async () => {
  await watched.primary.exec('systemctl stop ledger')
  mend = () => watched.primary.exec('systemctl start ledger')
  await awaitFact(
    'no lag',
    () => watched.latest.verdict.lag.replay.bytes === 0 && watched.latest.verdict.lag.replay.seconds === 0,
  )
  for (let look = 0; look < 3; look += 1) {
    await nextLook()
    expect(watched.latest.verdict.lag.replay).toEqual({ bytes: 0, seconds: 0 })
  }
})

test('with its receiver gone the standby is disconnected, and lag is what it truly misses', async () => {
  const undo = await watched.primary.dropPort(5432, watched.standby.address)
  mend = undo
  await watched.standby.exec(
    `kill "$(runuser -u postgres -- psql -XAtc 'select pid from pg_stat_wal_receiver')"`,
  )
  const brokenAt = performance.now()
  expect(await watched.untilState('disconnected', truthMs)).toBeLessThan(truthMs)
  expect(reasons()).toContain('its WAL receiver is not streaming')
  await awaitFact('five seconds of lag', () => (watched.latest.verdict.lag.receive.seconds ?? 0) > 5)
  const { lag, loss } = watched.latest.verdict
  const brokenSeconds = (performance.now() - brokenAt) / 1000
  expect(Math.abs((lag.receive.seconds ?? 0) - brokenSeconds)).toBeLessThan(2)
  const received = await watched.standby.sql('select pg_last_wal_receive_lsn()')
  const truth = lsnDistanceBytes(server('primary').currentLsn ?? '', received)
  expect(lag.receive.bytes).toBe(truth)
  expect(loss.sentence).toMatch(
    /^A promotion now would lose .*B \(\d+ s of writes\) of the database\. Left out of the pair, .*: every directory\.$/,
  )
  expect(watched.latest.verdict.readyForFailover.ready).toBe(true)
})

test.each([
  ['stopped', () => watched.primary.stopPostgres(), () => watched.primary.startPostgres()],
  ['killed', () => watched.primary.killPostgres(), () => watched.primary.startPostgres()],
  ['hung', () => watched.primary.freezePostgres(), () => watched.primary.thawPostgres()],
] as const)('the primary’s PostgreSQL %s: no primary, seen from two sides', async (_how, fault, undo) => {
  mend = async () => {
    await undo()
    await watched.primary.exec('systemctl start ledger')
  }
  // Its unit wants PostgreSQL: restarting itself it would start PostgreSQL again.
  await watched.primary.exec('systemctl stop ledger')
  await fault()
  expect(await watched.untilState('no-primary', truthMs)).toBeLessThan(truthMs)
  expect(machine('standby').peerPostgres).toBe('no-response')
  expect(watched.latest.verdict.nextAction.action).toBe('promote')
  expect(watched.latest.verdict.loss.sentence).toContain('as the primary was last seen')
  expect(watched.latest.verdict.rolesSeen.primary).toBe('stopped')
})

test('the primary’s host dead: no primary', async () => {
  mend = async () => {
    await watched.primary.boot()
    await watched.primary.awaitPostgres()
  }
  await watched.primary.kill()
  expect(await watched.untilState('no-primary', truthMs)).toBeLessThan(truthMs)
  expect(reasons()).toContain(`${watched.primary.name} does not answer`)
  expect(watched.latest.verdict.lag.primaryLsn).not.toBeNull()
})

test('the primary’s cable cut: no primary, for nobody hears it', async () => {
  mend = () => watched.primary.heal()
  await watched.primary.cut()
  expect(await watched.untilState('no-primary', truthMs)).toBeLessThan(truthMs)
})

test('only our way to the primary cut: not seen, but alive, for the standby streams from it', async () => {
  mend = await watched.primary.dropPort(22)
  expect(await watched.untilState('degraded', truthMs)).toBeLessThan(truthMs)
  expect(reasons()).toContain(`Understudy does not see ${watched.primary.name}`)
  await nextLook()
  await nextLook()
  expect(watched.latest.verdict.rolesSeen.primary).toBe('unknown')
  const { lag, loss } = watched.latest.verdict
  expect(lag.receive.seconds).toBeLessThan(2)
  expect(loss.database.isUpperBound).toBe(true)
})

test('the dashboard’s own network gone: unknown, not down', async () => {
  const undo = [await watched.primary.dropPort(22), await watched.standby.dropPort(22)]
  mend = () => Promise.all(undo.map((step) => step()))
  expect(await watched.untilState('unknown', truthMs)).toBeLessThan(truthMs)
  expect(reasons()).toContain(`Understudy does not see ${watched.primary.name}`)
  expect(watched.changes.at(-1)).toMatchObject({ to: 'unknown' })
})

test('the standby’s PostgreSQL stopped: disconnected, and no failover is offered', async () => {
  mend = () => watched.standby.startPostgres()
  await watched.standby.stopPostgres()
  expect(await watched.untilState('disconnected', truthMs)).toBeLessThan(truthMs)
  expect(reasons()).toContain(`PostgreSQL on ${watched.standby.name} is stopped`)
  expect(watched.latest.verdict.readyForFailover.ready).toBe(false)
})

test('the standby’s cable cut: disconnected', async () => {
  mend = () => watched.standby.heal()
  await watched.standby.cut()
  expect(await watched.untilState('disconnected', truthMs)).toBeLessThan(truthMs)
  expect(watched.latest.verdict.rolesSeen).toEqual({ primary: 'primary', standby: 'unknown' })
})

test('replay paused by hand: degraded, shown, and ready to be promoted', async () => {
  mend = () => watched.standby.sql('select pg_wal_replay_resume()')
  await watched.standby.sql('select pg_wal_replay_pause()')
  expect(await watched.untilState('degraded', truthMs)).toBeLessThan(truthMs)
  expect(reasons()).toContain('is paused, and not by Understudy')
  expect(watched.latest.verdict.readyForFailover.ready).toBe(true)
  expect(watched.latest.verdict.nextAction.action).toBe('resume')
})

test('a watch that starts again goes on where the last one stood', async () => {
  await watched.stopWatching()
  const { since } = watched.latest.verdict
  watched.startWatching()
  await nextLook()
  expect(watched.latest.verdict).toMatchObject({ state: 'protected', since })
})

test('WAL removed before the standby had it: the standby is lost', async () => {
  await watched.standby.stopPostgres()
  mend = async () => makeStreaming(watched.primary, watched.standby)
  await watched.untilState('disconnected', truthMs)
  await watched.primary.sql("alter system set wal_keep_size = '0'; select pg_reload_conf()")
  for (let segment = 0; segment < 4; segment += 1)
    await watched.primary.sql(
      'select pg_switch_wal(); create table gone (i int); drop table gone; checkpoint',
    )
  expect(await watched.untilState('standby-lost', truthMs)).toBeLessThan(truthMs)
  expect(reasons()).toContain('no longer has the WAL')
})

test('promoted by hand: two primaries; made a standby again without a rewind: diverged', async () => {
  mend = async () => makeStreaming(watched.primary, watched.standby)
  await watched.standby.exec('pg_ctlcluster 15 main promote')
  expect(await watched.untilState('two-primaries', truthMs)).toBeLessThan(truthMs)
  expect(server('standby').timeline).toBe(2)
  const told = await toldFork()
  // Both hosts and the dashboard go at once, as in a power cut of all that there is.
  await watched.stopWatching()
  await Promise.all([watched.primary.kill(), watched.standby.kill()])
  await Promise.all([watched.primary.boot(), watched.standby.boot()])
  await Promise.all([watched.primary.awaitPostgres(), watched.standby.awaitPostgres()])
  const restarted = new Date().toISOString()
  watched.startWatching()
  await awaitFact('two primaries again', () => {
    const { observation, verdict } = watched.latest
    return observation.at > restarted && verdict.state === 'two-primaries'
  })
  expect(await toldFork()).toBe(told)
  await watched.primary.stopPostgres()
  expect(await watched.untilState('unprotected', truthMs)).toBeLessThan(truthMs)
  await watched.primary.startPostgres()
  await watched.untilState('two-primaries', truthMs)
  expect(await toldFork()).toBe(told)
  await watched.standby.stopPostgres()
  await watched.standby.exec('touch /var/lib/postgresql/15/main/standby.signal')
  await watched.standby.startPostgres()
  expect(await watched.untilState('diverged', truthMs)).toBeLessThan(truthMs)
  expect(reasons()).toContain(told)
})

/** Who left the common line as the verdict says it: the standby, and the server's own record of its fork lies between the two positions. */
async function toldFork(): Promise<string> {
  const told = watched.latest.verdict.reasons.find((reason) => reason.includes('left the line')) ?? ''
  const [, name, on = '', off = ''] = /^(\S+) left .* between (\S+) \(.*\) and (\S+) \(/.exec(told) ?? []
  expect(name).toBe(watched.standby.name)
  const history = await watched.standby.exec('cat /var/lib/postgresql/15/main/pg_wal/00000002.history')
  const fork = history.split(/\s+/)[1] ?? ''
  expect([lsnDistanceBytes(fork, on) >= 0, lsnDistanceBytes(off, fork) >= 0]).toEqual([true, true])
  return told
}
