import { symlinkSync } from 'node:fs'
import { type DrillOptions, drillOptions } from '@/lib/domain/drill-options'
import { openDrill } from '@/lib/operations/drill/open-drill'
import { planDrill } from '@/lib/operations/drill/plan-drill'
import { drillFactsOf, drillHostOf } from '@/test/harness/drill-facts'
import { EngineTrial } from '@/test/harness/engine-trial'
import { FolderCopy } from '@/test/harness/folder-copy'
import {
  type FolderGround,
  folderCreateGround,
  throwUnless,
  verifyTraces,
  verifyUnasked,
} from '@/test/harness/folder-ground'
import { type FolderPair, onceActed, tracesOf } from '@/test/harness/folder-pair'
import { dataDirectory, walFile } from '@/test/harness/folder-server'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { hostFactsOf, serverFacts } from '@/test/harness/operation-facts'

const operationId = 'd1e2f3a4-0000-4000-8000-000000000000'
const earlierId = 'c0ffee00-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
export const drillRoot = `${dataDirectory}.understudy-d1e2f3a4-drill`
const leftover = `${dataDirectory}.understudy-c0ffee00-drill`
const place = '/srv/fast'

type Given = {
  readonly way: 'reflink' | 'backup'
  readonly hasTablespace?: boolean
  /** An earlier drill has left its copy. */
  readonly hasLeftover?: boolean
  readonly hasChecks?: boolean
  readonly options?: Partial<DrillOptions>
}

export type FolderDrillGround = FolderGround & { readonly copy: FolderCopy }

const count = { id: 'count', title: 'Entries are there', query: 'select count(*) > 0 from public.entries' }

/** What an earlier drill has left, with a link in it that leads to the standby's own data. */
function putLeftover({ beta }: FolderPair): void {
  beta.put(`${leftover}/understudy-drill`, `Understudy drill, operation ${earlierId}\n`)
  beta.put(`${leftover}/data/of-the-earlier`, '')
  symlinkSync(beta.path(dataDirectory), beta.path(`${leftover}/data/away`))
}

function putData({ beta }: FolderPair, { hasTablespace }: Given): void {
  beta.put(`${dataDirectory}/pg_wal/${walFile}`, 'wal')
  beta.put(`${dataDirectory}/base/5/16390`, 'a table')
  beta.put(`${dataDirectory}/base/pgsql_tmp/pgsql_tmp1.0`, 'no part of any copy')
  beta.put(`${dataDirectory}/pg_tblspc/here`, '')
  if (!hasTablespace) return
  beta.put(`${place}/PG_15_2022/5/1`, 'beta')
  symlinkSync(beta.path(place), beta.path(`${dataDirectory}/pg_tblspc/16400`))
}

function factsOf(given: Given) {
  const tablespacePlaces = given.hasTablespace
    ? [{ name: 'fast', oid: '16400', location: place, bytes: 3 }]
    : []
  const server = serverFacts({ inRecovery: true, receiverStatus: 'streaming', tablespacePlaces })
  const [parent] = drillHostOf().parents
  const paths = [dataDirectory.replace(/\/[^/]*$/, ''), ...tablespacePlaces.map(({ location }) => location)]
  return drillFactsOf({
    standby: hostFactsOf('beta', { server: { seen: true, value: server } }),
    host: {
      seen: true,
      value: drillHostOf({
        parents: paths.flatMap((path) =>
          parent ? [{ ...parent, path, sharesBlocks: given.way === 'reflink' }] : [],
        ),
        leftovers: given.hasLeftover ? [{ root: leftover, operationId: earlierId }] : [],
      }),
    },
    options: drillOptions.parse(given.options ?? {}),
  })
}

/** A drill of the standby that a create made on two folder hosts. */
export async function folderDrillGround(given: Given): Promise<FolderDrillGround> {
  const created = await folderCreateGround({ scope: { database: true, files: true } })
  const creating = new EngineTrial(created)
  creating.expect(await creating.life(), 'succeeded')
  const { pair } = created
  const { alpha, beta, servers, pairs, hosts } = pair
  const copy = new FolderCopy(beta)
  copy.rows.set(count.query, [{ sound: true, entries: '12' }])
  putData(pair, given)
  const before = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  if (given.hasLeftover) putLeftover(pair)
  const profile = given.hasChecks
    ? { ...pair.profile, checks: [{ ...count, timeoutSeconds: 5 }] }
    : pair.profile
  const plan = planDrill({ operationId, pair: pairs.current, profile, hosts, facts: factsOf(given) }, now)
  const opened = await openDrill(queuedOperation(plan, {}), { ...pair.ports, profile: () => profile })
  return {
    pair,
    copy,
    plan,
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(servers.primary.isWritable(), 'the primary does not serve any more')
      throwUnless(
        servers.standby.isRunning() && servers.standby.isRecovering(),
        'the standby is none any more',
      )
      throwUnless(beta.read(`${dataDirectory}/base/5/16390`) === 'a table', 'the standby’s data was changed')
      verifyUnasked(pair)
    },
    async verifyDone() {
      verifyTraces(alpha, before.alpha)
      verifyTraces(beta, before.beta)
      const drill = await pair.drills.find(operationId)
      throwUnless(
        drill?.outcome === 'passed' && drill.endedAt !== null,
        `it is kept as ${JSON.stringify(drill)}`,
      )
      throwUnless(drill?.recoveryMs === 4_250, 'its recovery was not measured')
    },
    async verifyUndone() {
      verifyTraces(alpha, before.alpha)
      verifyTraces(beta, before.beta)
      const drill = await pair.drills.find(operationId)
      throwUnless(drill === null || drill.phase === 'taken-back', `it is kept as ${JSON.stringify(drill)}`)
    },
    dispose: () => created.dispose(),
  }
}
