import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

const data = '/var/lib/postgresql/15/main'
let lab: Lab
let pair: LabPair

/** The standby's data directory is the root of a file system, with what mkfs puts there; both hosts have a tablespace. */
beforeAll(async () => {
  lab = await startLab()
  pair = await openLabPair(lab)
  const { current } = pair.pairs
  pair.pairs.current = { ...current, settings: { ...current.settings, slotWalSegments: 64 } }
  const standby = lab.host(1)
  for (const host of lab.hosts) {
    await host.exec('install -d -m 0700 -o postgres -g postgres /srv/fast')
    await host.exec(`psql -Xq -c "create tablespace fast location '/srv/fast'"`, { user: 'postgres' })
    await host.sql(`create table whose tablespace fast as select '${host.name}' as host`)
  }
  await standby.stopPostgres()
  await standby.limitDisk(data, 400)
  await standby.exec(`install -d -m 0700 ${data}/lost+found && touch ${data}/lost+found/x; find /srv/fast`)
  await standby.startPostgres()
})
afterAll(async () => {
  await pair.close()
  await lab.down()
})

/** The names in the data directory, and which files these are: a rename keeps a file's number. */
const oldFiles = () =>
  lab
    .host(1)
    .exec(`cd ${data} && ls -A && stat -c '%n %i %U %a' . base global global/pg_filenode.map lost+found/x`)

const slots = () => lab.host(0).sql('select slot_name, active, wal_status from pg_replication_slots')
const limit = () => lab.host(0).sql('show max_slot_wal_keep_size')
const kept = () => lab.host(0).sql('show wal_keep_size')

test('a tablespace’s file system that fills up ends the copy in a sentence that names it, and undo leaves nothing behind', async () => {
  const [primary, standby] = [lab.host(0), lab.host(1)]
  await primary.exec(
    `psql -Xq -c "create table large tablespace fast as select repeat(md5(i::text), 40) from generate_series(1, 60000) i"`,
    { user: 'postgres' },
  )
  await standby.stopPostgres()
  await standby.limitDisk('/srv/fast', 40)
  await standby.startPostgres()
  const ground = await createGround(lab, pair)
  expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)).toEqual([
    'disk-space',
  ])
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'failed')
  const failure = trial.operations.recorded.find(({ event }) => event.type === 'step.failed')?.event
  expect(failure).toMatchObject({
    stepId: 'base-backup',
    error: {
      code: 'HOST_DISK_FULL',
      message: expect.stringMatching(/^The disk of \S+ is full: .+ free in \/srv\/fast\.$/),
    },
  })
  await trial.undoOrResume()
  await ground.dispose()
  await standby.stopPostgres()
  await standby.exec('umount /srv/fast')
  await standby.startPostgres()
  await primary.exec('psql -Xq -c "drop table large"', { user: 'postgres' })
})

test('a data directory that is a file system of its own takes a standby with slot, tablespace and the WAL that was asked for, and is undone to what it was', async () => {
  const before = await oldFiles()
  expect(await kept()).toBe('0')
  const ground = await createGround(lab, pair)
  expect(ground.plan.preflight.filter(({ outcome }) => outcome === 'fail')).toEqual([])
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(breaksAt(ground.steps, 'mark-paired')), 'failed')
  expect(await lab.host(1).exec(`findmnt -no FSTYPE ${data} && ls -A ${data}`)).toContain('.understudy-')
  await trial.undoOrResume()
  expect(await oldFiles()).toBe(before)
  expect(await lab.host(1).sql('select host from whose')).toBe(lab.host(1).name)
  expect(await slots()).toBe('')
  expect(await limit()).toBe('-1')
  expect(await kept()).toBe('0')
  await ground.dispose()

  const again = await createGround(lab, pair)
  const life = new EngineTrial(again)
  life.expect(await life.life(), 'succeeded')
  await again.verifyDone()
  await again.dispose()
  expect(await lab.host(1).sql('select host from whose')).toBe(lab.host(0).name)
  expect(await lab.host(1).exec(`readlink ${data}/pg_tblspc/*; ls -A /srv/fast | wc -l`)).toBe('/srv/fast\n2')
  expect(await lab.host(1).exec(`ls -A ${data}/lost+found`)).toBe('x')
  expect(await slots()).toBe('understudy_ledger|t|reserved')
  expect(await limit()).toBe('1GB')
  expect(pair.pairs.current.settings.walKeepSegments).toBe(32)
  expect(await kept()).toBe('512MB')
  await lab.host(1).stopPostgres()
  await awaitFact(
    'a slot that is not in use',
    async () => (await slots()).startsWith('understudy_ledger|f'),
    {
      timeoutMs: 10_000,
    },
  )
  await lab.host(1).startPostgres()
})
