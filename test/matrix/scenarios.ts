import type { LabHost } from '@/lab/lab-host'
import type { OperationKind } from '@/lib/domain/operation'
import type { Pair } from '@/lib/domain/pair'
import { pauseParts } from '@/lib/domain/pause'
import { worldOf } from '@/test/harness/lab-worlds'
import { adoptScenarios } from '@/test/matrix/adopt-scenarios'
import { changes } from '@/test/matrix/change-scenarios'
import { drillScenarios } from '@/test/matrix/drill-scenarios'
import { fenceScenarios } from '@/test/matrix/fence-scenarios'
import { pauseScenarios, pausingByHand, resumeScenarios } from '@/test/matrix/pause-scenarios'
import { repairFilesScenarios } from '@/test/matrix/repair-files-scenarios'
import { rePairScenarios } from '@/test/matrix/repair-scenarios'
import {
  answers,
  planning,
  readFileRoles,
  readGround,
  requireThat,
  type Scenario,
  verifyCopied,
  verifyTraces,
  type World,
  worlds,
} from '@/test/matrix/scenario'
import { switchoverScenarios } from '@/test/matrix/switchover-scenarios'
import { syncScenarios } from '@/test/matrix/sync-scenarios'
import { unpairScenarios } from '@/test/matrix/unpair-scenarios'
import { verifyFilesTurned, verifyPromoted } from '@/test/matrix/verify-promoted'

/**
 * What a create has most to do on: a server with a tablespace that listens on localhost only, so that it must be restarted. Both
 * stand on the disks that every scenario begins with.
 */
export async function furnish(host: LabHost): Promise<void> {
  const { databaseOwner } = host.layout
  await host.exec(`install -d -m 0700 -o ${databaseOwner} -g ${databaseOwner} /srv/fast`)
  await host.sql("create tablespace fast location '/srv/fast'")
  await host.sql(`create table fast_rows tablespace fast as select '${host.name}'::text as host`)
  await host.sql("alter system set listen_addresses = 'localhost'")
}

const plannedAnew =
  (scope: Pair['scope']): Scenario['plan'] =>
  async (context, operationId) => {
    const { pair, hosts, profile } = await readGround(context)
    const { settings, profileId, slug } = pair
    const input = {
      slug,
      profileId,
      scope,
      settings: { ...settings, directories: [...settings.directories] },
      hosts: pair.hosts,
      agreeRestart: true,
      oldDataDirectory: null,
    }
    return { plan: await context.planners.planCreate({ profile, hosts, input, operationId }), input }
  }

const create: Scenario = {
  name: 'create',
  kind: 'create',
  world: 'unpaired',
  plan: plannedAnew(worlds.unpaired.scope),
  // The primary is not restarted a second time to take settings back.
  onlyAfresh: ['restart-primary'],
  async verifyDone(lab) {
    const rows = Number(await lab.host(0).sql('select count(*) from entries'))
    const seen = await lab.host(1).sql('select pg_is_in_recovery(), status from pg_stat_wal_receiver')
    requireThat(seen === 't|streaming', `the standby does not stream: ${seen}`)
    const copied = Number(await lab.host(1).sql('select count(*) from entries'))
    requireThat(copied >= rows, `${rows} rows on the primary, ${copied} on the standby`)
    const fast = await lab.host(1).sql('select host from fast_rows')
    requireThat(fast === lab.host(0).name, `the tablespace of the standby holds what ${fast} wrote`)
    await verifyCopied(lab.host(1))
  },
  verifyUndone: verifyTraces,
}

/** The same of a pair that leaves its database out. */
const createOfFiles: Scenario = {
  ...create,
  name: 'create, files alone',
  world: 'unpaired-files',
  plan: plannedAnew(worlds['unpaired-files'].scope),
  async verifyDone(lab) {
    const said = (await readFileRoles(lab)).join(' ')
    requireThat(said === 'primary standby', `the hosts say that they are ${said}`)
    const seen = await lab.host(1).sql('select pg_is_in_recovery()')
    requireThat(seen === 'f', 'the standby’s own PostgreSQL was touched')
    await verifyCopied(lab.host(1))
  },
}

const promotion = planning(() => ({ operation: 'promote', options: {} }))

const promoteAlive: Scenario = {
  name: 'promote, primary alive',
  kind: 'promote',
  world: 'paired',
  plan: promotion,
  async verifyDone(lab, _, [primary]) {
    await verifyPromoted(lab)
    requireThat(!(await answers(lab.host(0))), 'the old primary still runs')
    const rows = Number(await lab.host(1).sql('select coalesce(max(id), 0) from entries'))
    requireThat(rows >= (primary?.rows ?? 0), `rows up to ${rows} are there, and were up to ${primary?.rows}`)
  },
  async verifyUndone(lab, traces) {
    await lab.host(0).exec(worldOf(lab.host(0)).check)
    await verifyTraces(lab, traces)
  },
}

const promoteDead: Scenario = {
  name: 'promote, primary dead',
  kind: 'promote',
  world: 'paired',
  prepare: (lab) => lab.host(0).kill(),
  plan: promotion,
  verifyDone: verifyPromoted,
  verifyUndone: verifyTraces,
}

const promoteFilesAlive: Scenario = {
  ...promoteAlive,
  name: 'promote, files alone, primary alive',
  world: 'paired-files',
  verifyDone: verifyFilesTurned,
}

const promoteFilesDead: Scenario = {
  ...promoteDead,
  name: 'promote, files alone, primary dead',
  world: 'paired-files',
  verifyDone: verifyFilesTurned,
}

const promotePaused: Scenario = {
  ...promoteAlive,
  name: 'promote, standby paused',
  prepare: pausingByHand(pauseParts),
}

/** Every kind of operation in every situation in which it is another one. A kind without an entry does not compile. */
const scenariosOf: Readonly<Record<OperationKind, readonly Scenario[]>> = {
  create: [create, createOfFiles],
  adopt: adoptScenarios,
  promote: [promoteAlive, promoteDead, promotePaused, promoteFilesAlive, promoteFilesDead],
  switchover: switchoverScenarios,
  fence: fenceScenarios,
  're-pair': rePairScenarios,
  pause: pauseScenarios,
  resume: resumeScenarios,
  'change-settings': changes,
  unpair: unpairScenarios,
  drill: drillScenarios,
  sync: syncScenarios,
  'repair-files': repairFilesScenarios,
}

export const scenarios: readonly Scenario[] = Object.values(scenariosOf).flat()

/** What makes the pair that a world has; null where it has none. */
export function makerOf(world: World): Scenario | null {
  const makers: Readonly<Record<World, Scenario | null>> = {
    unpaired: null,
    'unpaired-files': null,
    paired: create,
    'paired-files': createOfFiles,
    promoted: promoteAlive,
    'promoted-files': promoteFilesAlive,
  }
  return makers[world]
}

/** The kinds of operation that its chains run: its own, and those that make its pair. */
export function kindsIn({ kind, world }: Pick<Scenario, 'kind' | 'world'>): readonly OperationKind[] {
  const maker = makerOf(world)
  return [...new Set([kind, ...(maker ? kindsIn(maker) : [])])].sort()
}
