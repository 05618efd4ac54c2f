import { type BenchPair, furnish, letIn } from '@/bench/pair/bench-pair'
import { UnderstudyPair } from '@/bench/pair/understudy-pair'
import { cloneByRepmgr, openRepmgr, promoteByRepmgr, rejoinByRepmgr } from '@/bench/peers/repmgr'
import { type BareWay, repairByHand } from '@/bench/repair/bare'
import { type Breaker, breakPair } from '@/bench/repair/break-pair'
import type { Roles } from '@/bench/repair/measure'
import type { Measured } from '@/bench/report/run-rounds'
import type { RepairWay } from '@/lib/domain/repair-way'
import { repairFacts } from '@/lib/operations/repair/facts'
import { makeStreaming } from '@/test/harness/watched-lab'

/** A pair that is broken, and the command that mends it. */
type Broken = { readonly roles: Roles; readonly repair: () => Promise<void> }

/** Makes a pair of two fresh hosts and breaks it; a string says why that can't be. */
export type RepairMethod = Measured & { readonly open: (pair: BenchPair) => Promise<Broken | string> }

type MethodOptions = { readonly sizeGb: number; readonly saysSteps: boolean }

/** The state in which a re-pair is offered, by what was broken. */
const brokenStates = ['disconnected', 'standby-lost', 'diverged', 'unprotected'] as const

function understudy(way: RepairWay, { sizeGb, saysSteps }: MethodOptions): RepairMethod {
  return {
    id: 'understudy',
    title: `${way}: Understudy`,
    rank: 'ours',
    async open(pair) {
      await furnish(pair, sizeGb)
      const made = await UnderstudyPair.create(pair, { saysSteps })
      const roles = await breakPair(way, pair, {
        promote: async () => (await made.plan('promote')).click(),
        unwatched: (act) => made.unwatched(act),
      })
      await made.untilState(brokenStates)
      const { plan, click } = await made.plan('re-pair')
      const { database } = repairFacts.parse(plan.facts)
      if (database?.ways[0] !== way)
        throw new Error(`it would be mended otherwise: ${database?.reason ?? 'not at all'}`)
      return { roles, repair: click }
    },
  }
}

const byHandBreaker: Breaker = {
  async promote({ primary, standby }) {
    await primary.stopPostgres()
    await standby.sql('select pg_promote()')
  },
  unwatched: (act) => act(),
}

function byHand(way: RepairWay, { sizeGb }: MethodOptions, by: BareWay = way): RepairMethod {
  return {
    id: 'by-hand',
    title: `${way}: by hand${by === way ? '' : ', zstd'}`,
    rank: 'floor',
    async open(pair) {
      await furnish(pair, sizeGb)
      for (const host of [pair.primary, pair.standby])
        await letIn(host, ['host replication understudy_repl samenet trust'])
      await makeStreaming(pair.primary, pair.standby)
      const roles = await breakPair(way, pair, byHandBreaker)
      return { roles, repair: () => repairByHand(by, roles) }
    },
  }
}

const repmgrBreaker: Breaker = {
  async promote({ primary, standby }) {
    await primary.stopPostgres()
    await promoteByRepmgr(standby)
  },
  unwatched: (act) => act(),
}

function repmgr(way: Exclude<RepairWay, 'start'>, { sizeGb }: MethodOptions): RepairMethod {
  const command = {
    follow: 'node rejoin',
    rewind: 'node rejoin --force-rewind',
    'base-backup': 'standby clone',
  }
  return {
    id: 'repmgr',
    title: `${way}: repmgr ${command[way]}`,
    rank: 'peer',
    async open(pair) {
      await furnish(pair, sizeGb)
      const why = await openRepmgr(pair)
      if (why !== null) return why
      const roles = await breakPair(way, pair, repmgrBreaker)
      const repair = () =>
        way === 'base-backup' ? cloneByRepmgr(roles) : rejoinByRepmgr(roles, way === 'rewind')
      return { roles, repair }
    },
  }
}

/** All that are compared for one way. repmgr has no command of its own that only starts a server. */
export function repairMethods(way: RepairWay, options: MethodOptions): readonly RepairMethod[] {
  return [
    understudy(way, options),
    byHand(way, options),
    ...(way === 'base-backup' ? [{ ...byHand(way, options, 'base-backup-zstd'), id: 'by-hand-zstd' }] : []),
    ...(way === 'start' ? [] : [repmgr(way, options)]),
  ]
}
