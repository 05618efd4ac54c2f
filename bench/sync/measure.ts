import { patient } from '@/bench/pair/bench-pair'
import { timed } from '@/bench/pair/timed'
import type { SyncGround } from '@/bench/sync/ground'
import type { SyncMethod, SyncWork } from '@/bench/sync/methods'
import { changeTrees, sumOf } from '@/bench/sync/tree'

/** Null: the method knows no other copy than a first one. */
export type SyncFigures = {
  readonly firstMs: number
  /** The tree was copied before, and is the same. */
  readonly sameMs: number | null
  /** One per cent of it was changed since. */
  readonly changedMs: number | null
}

/** All copies go, and what was written is on the disk: nobody pays for what another one did. */
async function clear({ primary, standby }: SyncGround): Promise<void> {
  await standby.exec('rm -rf /srv/bench /srv/.understudy-bin-* && sync -f /srv', patient)
  await primary.exec('rm -rf /srv/bench-copy && sync -f /srv', patient)
}

let changes = 0

/** One method once: a first copy, one of nothing new, one of a per cent. Throws where a copy is not what the primary has. */
export async function measureSync(
  ground: SyncGround,
  method: SyncMethod,
  work: SyncWork,
): Promise<SyncFigures> {
  await clear(ground)
  const host = method.elsewhere ? ground.primary : ground.standby
  const target = method.elsewhere?.target ?? work.tree
  const verify = async (what: string) => {
    if ((await sumOf(host, target)) !== (await sumOf(ground.primary, work.tree)))
      throw new Error(`${what} did not bring what the primary has`)
    await host.exec('sync -f /srv', patient)
  }
  if (method.open) await host.exec(method.open)
  try {
    const firstMs = await timed(host, method.first(work))
    await verify('the first copy')
    if (method.again === null) return { firstMs, sameMs: null, changedMs: null }
    const again = method.again(work)
    const sameMs = await timed(host, again)
    await changeTrees(ground.primary, changes++)
    const changedMs = await timed(host, again)
    await verify('the copy of what changed')
    return { firstMs, sameMs, changedMs }
  } finally {
    if (method.close) await host.tryExec(method.close)
  }
}
