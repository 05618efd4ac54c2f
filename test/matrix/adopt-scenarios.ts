import type { Lab } from '@/lab/lab'
import type { AdoptPiece } from '@/lib/domain/adopt/pieces'
import type { ServiceContext } from '@/lib/services/context'
import { observePair } from '@/lib/services/observe/observe-pair'
import { copyByCron, handRole, streamByHand } from '@/test/harness/pairs-by-hand'
import { grounds } from '@/test/matrix/grounds'
import {
  planning,
  readGround,
  requireThat,
  type Scenario,
  verifyCopied,
  verifyTraces,
} from '@/test/matrix/scenario'
import { permitAll, permitPairAlone } from '@/test/matrix/stage-hosts'

const slot = 'by_hand'
/** How the primary serves the standby: role, and the slot of the stream. */
const streamOf = (lab: Lab) =>
  lab
    .host(0)
    .sql(
      'select usename, slot_name from pg_stat_replication left join pg_replication_slots on active_pid = pid',
    )

/** Somebody makes the pair by hand, with a slot and a job of cron, and it is observed. */
const madeByHand: Scenario['prepare'] = async (lab: Lab, context: ServiceContext) => {
  const hosts = [lab.host(0), lab.host(1)] as const
  await streamByHand(hosts, { slot })
  await copyByCron(hosts)
  const { pair } = await readGround(context)
  const ground = grounds[lab.host(0).layoutName]
  await permitAll(lab, ground)
  await observePair(context, { slug: pair.slug, profileId: pair.profileId, hosts: pair.hosts })
  await permitPairAlone(lab, context, ground)
}

const adopting = (pieces: readonly AdoptPiece[]) =>
  planning(() => ({ operation: 'adopt', options: { pieces: [...pieces] } }))

/** Lines of somebody else's that copy the vault and that cron would run. */
const countOfJobs = (lab: Lab) =>
  lab.host(1).exec("cat /var/spool/cron/crontabs/* | grep -c '^[^#].*by-hand' || true")

const adoptWhole: Scenario = {
  name: 'adopt, made by hand',
  kind: 'adopt',
  world: 'unpaired',
  prepare: madeByHand,
  plan: adopting([]),
  async verifyDone(lab) {
    const seen = await streamOf(lab)
    requireThat(/^understudy_repl\|understudy_/.test(seen), `the primary serves the standby as ${seen}`)
    const left = await lab
      .host(0)
      .sql(`select count(*) from pg_replication_slots where slot_name = '${slot}'`)
    requireThat(left === '0', 'the slot that was there before still holds WAL back')
    requireThat((await countOfJobs(lab)) === '0', 'what copied before still copies')
    await verifyCopied(lab.host(1))
  },
  async verifyUndone(lab, traces) {
    await verifyTraces(lab, traces)
    const seen = await streamOf(lab)
    requireThat(seen === `${handRole}|${slot}`, `the primary serves the standby as ${seen}`)
    requireThat((await countOfJobs(lab)) === '1', 'the job that copied before is not back')
  },
}

/** The replication alone, so that files go on being copied as before. */
const adoptReplication: Scenario = {
  ...adoptWhole,
  name: 'adopt, the replication of a pair made by hand',
  plan: adopting(['replication']),
  async verifyDone(lab) {
    const seen = await streamOf(lab)
    requireThat(/^understudy_repl\|understudy_/.test(seen), `the primary serves the standby as ${seen}`)
    requireThat((await countOfJobs(lab)) === '1', 'what copies files was touched')
  },
}

/** A pair that somebody else made is taken over, whole and in part. */
export const adoptScenarios: readonly Scenario[] = [adoptWhole, adoptReplication]
