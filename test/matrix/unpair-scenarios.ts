import type { LabHost } from '@/lab/lab-host'
import type { Leave } from '@/lib/domain/unpair'
import { worldOf } from '@/test/harness/lab-worlds'
import { pausingByHand } from '@/test/matrix/pause-scenarios'
import { answers, planning, requireThat, type Scenario, verifyTraces } from '@/test/matrix/scenario'

const unpairing = (leave: Leave) => planning(() => ({ operation: 'unpair', options: { leave } }))

/** Of Understudy on a host without a pair: its rights there, places of other operations, and what was put aside with its notes. */
const isNoPairs = (line: string) =>
  /^==|\/understudy-root$|\.understudy-(?:[0-9a-f]{8}|bin)|\/kept-[0-9a-f]{8}\.json$|\/(?:understudy|state)(?:\/(?:ledger|phantom|jobs|operation\.lock|transcripts?)[^ ]*)?$/.test(
    line,
  )

/** What a pair has put on a host, where the host is on; PostgreSQL need not run. */
async function verifyNothingLeft(host: LabHost): Promise<void> {
  if (!host.isOn()) return
  const text = await host.exec(worldOf(host).traces(host.postgresMajor))
  const left = text.split('\n').filter((line) => /understudy/i.test(line) && !isNoPairs(line))
  requireThat(left.length === 0, `${host.name} still has of the pair: ${left.slice(0, 6).join(' | ')}`)
}

const verifyNoRoles = async (host: LabHost) => {
  const roles = await host.sql("select count(*) from pg_roles where rolname like 'understudy%'")
  const slots = await host.sql('select count(*) from pg_replication_slots')
  requireThat(`${roles}|${slots}` === '0|0', `${host.name} still has ${roles} roles and ${slots} slots`)
}

const unpairStopped: Scenario = {
  name: 'unpair, stopped standby',
  kind: 'unpair',
  world: 'paired',
  plan: unpairing('stopped'),
  async verifyDone(lab) {
    for (const host of lab.hosts) await verifyNothingLeft(host)
    await verifyNoRoles(lab.host(0))
    requireThat(!(await answers(lab.host(1))), 'the standby still runs')
  },
  verifyUndone: verifyTraces,
}

const unpairApart: Scenario = {
  ...unpairStopped,
  name: 'unpair, standalone copy',
  plan: unpairing('standalone'),
  async verifyDone(lab) {
    for (const host of lab.hosts) {
      await verifyNothingLeft(host)
      await verifyNoRoles(host)
    }
    requireThat((await lab.host(1).sql('select pg_is_in_recovery()')) === 'f', 'the copy is not writable')
  },
}

const unpairPaused: Scenario = {
  ...unpairApart,
  name: 'unpair, standalone copy of a standby whose replay is paused',
  prepare: pausingByHand(['replay']),
}

const unpairOriginal: Scenario = {
  ...unpairStopped,
  name: 'unpair, original data back',
  plan: unpairing('original'),
  async verifyDone(lab, _, [, standby]) {
    for (const host of lab.hosts) {
      await verifyNothingLeft(host)
      await verifyNoRoles(host)
    }
    const identifier = await lab.host(1).sql('select system_identifier from pg_control_system()')
    requireThat(identifier !== standby?.identifiers[0], 'the standby still runs on the copy')
    requireThat(
      (await lab.host(1).sql('select host from fast_rows')) === lab.host(1).name,
      'the tablespace is the copy’s',
    )
  },
}

const unpairStandbyDead: Scenario = {
  ...unpairStopped,
  name: 'unpair, standby dead',
  prepare: (lab) => lab.host(1).kill(),
  async verifyDone(lab) {
    await verifyNothingLeft(lab.host(0))
    await verifyNoRoles(lab.host(0))
  },
}

const unpairPrimaryDead: Scenario = {
  ...unpairStopped,
  name: 'unpair, primary dead',
  prepare: (lab) => lab.host(0).kill(),
  verifyDone: (lab) => verifyNothingLeft(lab.host(1)),
}

const unpairFiles: Scenario = {
  ...unpairStopped,
  name: 'unpair, files alone, original directories back',
  world: 'paired-files',
  plan: unpairing('original'),
  async verifyDone(lab) {
    for (const host of lab.hosts) await verifyNothingLeft(host)
  },
}

/** A pair is taken apart with both hosts or one of them dead, and its standby left in each way. */
export const unpairScenarios: readonly Scenario[] = [
  unpairStopped,
  unpairApart,
  unpairPaused,
  unpairOriginal,
  unpairStandbyDead,
  unpairPrimaryDead,
  unpairFiles,
]
