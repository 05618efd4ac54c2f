import { type BenchPair, furnish, letIn } from '@/bench/pair/bench-pair'
import { UnderstudyPair } from '@/bench/pair/understudy-pair'
import { openAutoFailover } from '@/bench/peers/auto-failover'
import { openPatroni } from '@/bench/peers/patroni'
import { letSignIn, openRepmgr, switchOverByRepmgr } from '@/bench/peers/repmgr'
import type { Measured } from '@/bench/report/run-rounds'
import { switchOverByHand } from '@/bench/switchover/bare'
import type { Lab } from '@/lab/lab'
import { makeStreaming } from '@/test/harness/watched-lab'

type SwitchOver = () => Promise<void>

/** Makes a pair that streams of fresh hosts, and returns how it is switched over; a string says why that can't be. */
export type Method = Measured & {
  /** Two where it is left out; the third is what some peers need beside the pair. */
  readonly hosts?: number
  readonly open: (pair: BenchPair, lab: Lab) => Promise<SwitchOver | string>
}

export type MethodOptions = { readonly sizeGb: number; readonly saysSteps: boolean }

/** All that are compared. Whose command it is that is measured stands in the title. */
export const switchOverMethods = ({ sizeGb, saysSteps }: MethodOptions): readonly Method[] => [
  {
    id: 'understudy',
    title: 'Understudy',
    rank: 'ours',
    async open(pair) {
      await furnish(pair, sizeGb)
      const made = await UnderstudyPair.create(pair, { saysSteps })
      return (await made.plan('switchover')).click
    },
  },
  {
    id: 'by-hand',
    title: 'by hand, at its least',
    rank: 'floor',
    async open(pair) {
      await furnish(pair, sizeGb)
      await makeStreaming(pair.primary, pair.standby)
      await letIn(pair.standby, [`host replication understudy_repl ${pair.primary.address}/32 trust`])
      return () => switchOverByHand(pair)
    },
  },
  {
    id: 'repmgr',
    title: 'repmgr standby switchover',
    rank: 'peer',
    async open(pair) {
      await furnish(pair, sizeGb)
      const why = await openRepmgr(pair)
      if (why !== null) return why
      await letSignIn(pair)
      return () => switchOverByRepmgr(pair)
    },
  },
  {
    id: 'patroni',
    title: 'patronictl switchover',
    rank: 'peer',
    hosts: 3,
    async open(pair, lab) {
      await furnish(pair, sizeGb)
      return openPatroni(pair, lab.host(2))
    },
  },
  {
    id: 'pg-auto-failover',
    title: 'pg_autoctl perform switchover',
    rank: 'peer',
    hosts: 3,
    open: (pair, lab) => openAutoFailover(pair, lab.host(2), sizeGb),
  },
]
