import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { sh } from '@/lib/commands/command'
import type { DoorPool } from '@/lib/io/ssh/door-pool'
import type { DatabaseTarget, KeptDoor } from '@/lib/ports/host-door'
import { type LabUser, labDoors, registered, secretOf } from '@/test/harness/lab-doors'

let lab: Lab
let host: LabHost
let doors: DoorPool
const password = `it's "hard" 😀`
const doorOf = (user: LabUser): KeptDoor => doors.door(registered(host, { user }))
const owner = {
  identity: { as: 'owner' },
  database: 'ledger',
  port: 5432,
  socketDirectory: '/var/run/postgresql',
  osUser: 'postgres',
} as const satisfies DatabaseTarget
const monitor: DatabaseTarget = { ...owner, identity: { as: 'monitor', password } }
const whoIsIt = 'SELECT current_user::text AS me, $1::int + 1 AS next'

beforeAll(async () => {
  lab = await startLab({ hosts: 1 })
  host = lab.host(0)
  doors = labDoors(secretOf(host))
  await host.sql(`CREATE ROLE understudy_monitor LOGIN PASSWORD '${password.replaceAll("'", "''")}'`)
})
afterAll(async () => {
  await doors.close()
  await lab.down()
})

test('PostgreSQL is asked as its owner and as the monitor, through the one SSH connection of root and of sudo', async () => {
  for (const user of ['root', 'operator'] as const) {
    const door = doorOf(user)
    const asOwner = await door.database(owner)
    expect(await asOwner.query(whoIsIt, [41])).toEqual([{ me: 'postgres', next: 42 }])
    const asMonitor = await door.database(monitor)
    expect(await asMonitor.query(whoIsIt, [1])).toEqual([{ me: 'understudy_monitor', next: 2 }])
    const connections = await host.exec(`ss -Htn state established '( sport = :22 )' | wc -l`)
    expect(Number(connections)).toBe(user === 'root' ? 1 : 2)
    await asOwner.close()
    await asMonitor.close()
    expect(asOwner.isOpen()).toBe(false)
  }
})

test('an unprivileged user that may not be the owner is told so, and is never taken for it', async () => {
  await expect(doorOf('plain').database(owner)).rejects.toMatchObject({ code: 'POSTGRES_AUTH_FAILED' })
  expect(await (await doorOf('plain').database(monitor)).query(whoIsIt, [1])).toEqual([
    { me: 'understudy_monitor', next: 2 },
  ])
})

test('sessions end on the host when they are closed', async () => {
  const session = await doorOf('operator').database(owner)
  await session.query('SELECT 1')
  await session.close()
  await awaitFact(
    'the sessions to end',
    async () =>
      (await host.sql(
        `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'understudy' AND usename = 'postgres'`,
      )) === '0',
  )
  await awaitFact(
    'the bridge to end',
    async () => (await host.exec(`pgrep -fc '[s]ockaddr_un' || true`)) === '0',
  )
})

test('a wrong password, a missing database and a refused statement are told apart by SQLSTATE', async () => {
  const door = doorOf('root')
  await expect(
    door.database({ ...owner, identity: { as: 'monitor', password: 'not-the-pass-word' } }),
  ).rejects.toMatchObject({
    code: 'POSTGRES_AUTH_FAILED',
    detail: expect.not.stringContaining('not-the-pass-word'),
  })
  await expect(door.database({ ...owner, database: 'nowhere' })).rejects.toMatchObject({
    code: 'POSTGRES_QUERY_FAILED',
    detail: expect.stringContaining('3D000'),
  })
  const session = await door.database(owner)
  await expect(session.query('SELECT nothing_like_it')).rejects.toMatchObject({
    code: 'POSTGRES_QUERY_FAILED',
    detail: expect.stringContaining('42703'),
  })
  await expect(session.query(`ALTER ROLE postgres PASSWORD 'pass-word`)).rejects.toMatchObject({
    detail: 'SQLSTATE 42601',
  })
  expect(session.isOpen()).toBe(true)
  await session.close()
})

test('names are looked up in pg_catalog only: the application can’t stand in for the server', async () => {
  await host.sql(
    `CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT ''epoch''::timestamptz'`,
  )
  const session = await doorOf('root').database(owner)
  const [row] = await session.query('SELECT now() > to_timestamp(1000000000) AS is_real')
  expect(row).toEqual({ is_real: true })
  await session.close()
})

test('a slow statement is ended by the server and leaves the session usable', async () => {
  const session = await doorOf('root').database(owner)
  await expect(session.query('SELECT pg_sleep(30)', [], { timeoutMs: 200 })).rejects.toMatchObject({
    code: 'POSTGRES_TIMED_OUT',
  })
  expect(await session.query('SELECT 1 AS one', [], { timeoutMs: 200 })).toEqual([{ one: 1 }])
  await session.close()
})

test('a server that hangs costs the time-out, not more, and the next session finds it well again', async () => {
  const door = doorOf('root')
  const session = await door.database(owner)
  await session.query('SELECT 1', [], { timeoutMs: 500 })
  const thaw = await host.freezePostgres()
  const began = performance.now()
  await expect(session.query('SELECT 1', [], { timeoutMs: 500 })).rejects.toMatchObject({
    code: 'POSTGRES_TIMED_OUT',
  })
  expect(performance.now() - began).toBeLessThan(1500)
  expect(session.isOpen()).toBe(false)
  await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'POSTGRES_TIMED_OUT' })
  await thaw()
  const again = await door.database(owner)
  expect(await again.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await again.close()
})

test('a stopped server is down, for those who have a session and for those who want one', async () => {
  const door = doorOf('operator')
  const session = await door.database(owner)
  await session.query('SELECT 1')
  await host.stopPostgres()
  await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'POSTGRES_DOWN' })
  await expect(door.database(owner)).rejects.toMatchObject({ code: 'POSTGRES_DOWN' })
  await expect(door.database(monitor)).rejects.toMatchObject({ code: 'POSTGRES_DOWN' })
  await host.startPostgres()
})

test('a sudo that hangs costs 5 s, not more, and leaves the connection to others', async () => {
  const door = doorOf('operator')
  await host.exec(
    `mv /usr/bin/sudo /usr/bin/sudo.kept && printf '#!/bin/sh\\nexec sleep 60\\n' >/usr/bin/sudo && chmod 0755 /usr/bin/sudo`,
  )
  const asked = performance.now()
  await expect(door.database(owner)).rejects.toMatchObject({ code: 'HOST_COMMAND_TIMED_OUT' })
  expect(performance.now() - asked).toBeLessThan(6_500)
  await host.exec('mv /usr/bin/sudo.kept /usr/bin/sudo')
  expect(await (await door.database(owner)).query(whoIsIt, [1])).toEqual([{ me: 'postgres', next: 2 }])
  expect((await door.run(sh`echo here`, { timeoutMs: 5_000 })).stdout).toBe('here\n')
})

test('where sshd forbids forwarding, the monitor goes through the bridge', async () => {
  await host.exec(
    `echo 'AllowTcpForwarding no' >/etc/ssh/sshd_config.d/no-forwarding.conf && systemctl restart ssh`,
  )
  const fresh = labDoors(secretOf(host))
  const session = await fresh.door(registered(host)).database(monitor)
  expect(await session.query(whoIsIt, [1])).toEqual([{ me: 'understudy_monitor', next: 2 }])
  await fresh.close()
  await host.exec('rm /etc/ssh/sshd_config.d/no-forwarding.conf && systemctl restart ssh')
})

test('a host that dies under a session is a lost connection, not a dead PostgreSQL', async () => {
  const door = doorOf('root')
  const session = await door.database(owner)
  const running = session
    .query('SELECT pg_sleep(60)', [], { timeoutMs: 60_000 })
    .catch((error: unknown) => error)
  await host.kill()
  expect(await running).toMatchObject({ code: 'HOST_CONNECTION_LOST' })
  await host.boot()
  await host.awaitPostgres()
})

test('figures: what a session, a statement, a question and a command cost', async () => {
  const door = doorOf('root')
  await door.run(sh`true`, { timeoutMs: 5000 })
  const median = async (count: number, body: () => Promise<unknown>) => {
    const tookMs: number[] = []
    for (let index = 0; index < count; index += 1) {
      const began = performance.now()
      await body()
      tookMs.push(performance.now() - began)
    }
    return tookMs.sort((one, other) => one - other)[Math.floor(count / 2)] ?? 0
  }
  const opened = { owner: 0, monitor: 0, query: 0, run: 0 }
  opened.owner = await median(5, async () => (await door.database(owner)).close())
  opened.monitor = await median(5, async () => (await door.database(monitor)).close())
  const session = await door.database(monitor)
  opened.query = await median(200, () => session.query('SELECT 1'))
  opened.run = await median(21, () => door.run(sh`true`, { timeoutMs: 5000 }))
  await session.close()
  const text = Object.entries(opened).map(([what, ms]) => `${what} ${ms.toFixed(1)} ms`)
  process.stdout.write(`medians: ${text.join(', ')}\n`)
  expect(opened.query).toBeLessThan(10)
})
