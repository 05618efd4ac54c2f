import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { CreateInput } from '@/lib/domain/inputs'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { createPlanners } from '@/lib/operations/planners'
import { systemClock } from '@/lib/time'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { createInputOf } from '@/test/harness/operation-facts'
import { preflightFaults } from '@/test/harness/preflight-faults/all-faults'
import type { FaultGround, PreflightFault } from '@/test/harness/preflight-faults/fault'

let lab: Lab
let pair: LabPair
let stranger: LabPair
let ground: FaultGround

/** One pair of sound hosts, booted once, and one host of another release. */
beforeAll(async () => {
  lab = await startLab({ suites: ['bookworm', 'bookworm', 'trixie'] })
  pair = await openLabPair(lab)
  stranger = await openLabPair(lab, { indexes: { primary: 0, standby: 2 } })
  ground = { primary: lab.host(0), standby: lab.host(1), stranger: lab.host(2) }
})
afterAll(async () => {
  await pair.close()
  await stranger.close()
  await lab.down()
})

/** What is not fine on the hosts as they are now, or as this row has them. */
async function troubles(row: Partial<PreflightFault> = {}): Promise<readonly PreflightCheck[]> {
  const { doors, profile, ports, pairs } = pair
  const hosts = row.hosts?.(pair.hosts, stranger.hosts.standby) ?? pair.hosts
  const input: CreateInput = createInputOf({
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    scope: { database: true, files: true },
    settings: { ...pairs.current.settings, directories: [...pairs.current.settings.directories] },
    ...row.input,
  })
  const judge = { dashboard: ports.dashboard, operations: ports.operations }
  const planners = createPlanners({
    doors,
    clock: systemClock,
    judge,
    operations: { listOfPair: async () => [], find: async () => null },
  })
  const ofRow = row.profile?.(profile) ?? profile
  const checks = await planners.checkCreate({ profile: ofRow, hosts, input })
  return checks.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
}

/** The lab's second host has an old database of its own. */
const always: PreflightFault['finds'] = { 'standby-data': ['warn', 'the database ledger'] }

test('sound hosts have nothing to mend', async () => {
  expect((await troubles()).map(({ id }) => id)).toEqual(Object.keys(always))
})

test.each(preflightFaults)('$title', async (row) => {
  const mend = await row.make?.(ground)
  try {
    const found = await troubles(row)
    const isClosed = 'primary-access' in row.finds
    const expected = {
      ...(isClosed || row.hidesMore ? {} : always),
      ...row.finds,
    }
    for (const [id, [outcome, says, fix]] of Object.entries(expected)) {
      const check = found.find((each) => each.id === id)
      expect(check, `${id} among ${found.map((each) => each.id).join(', ')}`).toMatchObject({ outcome })
      expect(check?.evidence).toContain(says)
      expect(check?.fix).not.toBe('')
      if (fix) expect(check?.fix).toContain(fix)
    }
    const more = found.filter(({ id }) => !(id in expected))
    if (!row.hidesMore) expect(more).toEqual([])
  } finally {
    await mend?.()
  }
})

test('a PostgreSQL that answers while its unit is still starting is known for that unit’s', async () => {
  const { primary } = ground
  const unit = 'postgresql@15-main.service'
  const dropIn = `/run/systemd/system/${unit}.d`
  await primary.exec(`mkdir -p ${dropIn}
printf '[Service]\nExecStart=\nExecStart=-/bin/sh -c "/usr/bin/pg_ctlcluster --skip-systemctl-redirect 15-main start; exec sleep infinity"\n' >${dropIn}/slow.conf
systemctl daemon-reload && systemctl stop ledger && systemctl restart --no-block ${unit}`)
  await awaitFact('PostgreSQL answers', async () => (await primary.tryExec('pg_isready -q')).exitCode === 0)
  expect(await primary.exec(`systemctl show -p ActiveState -p MainPID ${unit}`)).toMatch(
    /MainPID=0\nActiveState=activating/,
  )
  const found = await troubles()
  expect(found.map(({ id }) => id)).toEqual(Object.keys(always))
  await primary.exec(`rm -r ${dropIn} && systemctl daemon-reload && systemctl restart ${unit}`)
  await primary.exec('systemctl start ledger')
})

test('mended, all of them are sound again', async () => {
  expect((await troubles()).map(({ id }) => id)).toEqual(Object.keys(always))
})
