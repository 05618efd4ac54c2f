import { patient } from '@/bench/pair/bench-pair'
import { timed } from '@/bench/pair/timed'
import {
  type Demand,
  inMegabytes,
  inSeconds,
  isMet,
  type Judgement,
  sayDemand,
  spreadOf,
} from '@/bench/report/figures'
import { bordersOf, countTree, prepareSync, type SyncGround } from '@/bench/sync/ground'
import { withPeaks } from '@/bench/sync/memory'
import { plainId, type SyncMethod, type SyncWork, syncMethods } from '@/bench/sync/methods'
import type { SyncOptions } from '@/bench/sync/options'
import { makeMillion, millionPath } from '@/bench/sync/tree'

/** A schedule of each minute still holds, and neither host of 2 GB is short of memory for it. */
const limits = { sameMs: 60_000, peakBytes: 512e6 } as const

type Measured = { readonly ms: number; readonly peaks: readonly number[] }

async function measure({ primary, standby }: SyncGround, text: string): Promise<Measured> {
  const { result, peaks } = await withPeaks([primary, standby], () => timed(standby, text))
  return { ms: result, peaks }
}

function say(title: string, all: readonly Measured[]): string {
  const of = (pick: (one: Measured) => number | undefined) => spreadOf(all.flatMap((one) => pick(one) ?? []))
  const [time, primary, standby] = [
    of(({ ms }) => ms),
    of(({ peaks }) => peaks[0]),
    of(({ peaks }) => peaks[1]),
  ]
  if (!time || !primary || !standby) return `${title}: not measured`
  return `${title}: ${inSeconds(time)}; rsync had ${inMegabytes(primary)} on the primary, ${inMegabytes(standby)} on the standby`
}

async function firstCopies(ground: SyncGround, work: SyncWork, methods: readonly SyncMethod[]) {
  const lines: string[] = []
  const peaks: number[] = []
  // The copy that stays is that of the product's own choice.
  for (const method of methods.toReversed()) {
    await ground.standby.exec(`rm -rf ${millionPath} && sync -f /srv`, patient)
    if (method.open) await ground.standby.exec(method.open)
    const measured = await measure(ground, method.first(work))
    lines.push(say(`${method.title}, first copy`, [measured]))
    if (method.rank === 'ours') peaks.push(...measured.peaks)
  }
  return { lines, peaks }
}

/** What of it all must be so. */
function demandsOf(same: readonly Measured[], peaks: readonly number[]): readonly Demand[] {
  return [
    {
      what: 'a million files, nothing changed',
      is: spreadOf(same.map(({ ms }) => ms))?.median ?? Number.POSITIVE_INFINITY,
      atMost: limits.sameMs,
      say: (ms) => `${(ms / 1000).toFixed(1)} s`,
    },
    {
      what: 'a million files, memory of rsync on a host at most',
      is: peaks.length > 0 ? Math.max(...peaks) : Number.POSITIVE_INFINITY,
      atMost: limits.peakBytes,
      say: (bytes) => `${(bytes / 1e6).toFixed(0)} MB`,
    },
  ]
}

/** By each method, a round after the other. */
async function sameCopies(
  ground: SyncGround,
  work: SyncWork,
  methods: readonly SyncMethod[],
  rounds: number,
) {
  const found = methods.map((method) => ({ method, all: [] as Measured[] }))
  for (let round = 0; round < rounds; round += 1)
    for (const { method, all } of found) {
      const text = method.again?.(work)
      if (text !== undefined) all.push(await measure(ground, text))
    }
  return found
}

/** The directory as a preflight finds it: what it counts in its time, and how the product and each wish part it by that. */
async function prepareMillion(ground: SyncGround, streams: readonly number[]) {
  await makeMillion(ground.primary)
  await prepareSync(ground, 'million', millionPath)
  const begunAt = performance.now()
  const tree = await countTree(ground, millionPath)
  const took = ((performance.now() - begunAt) / 1000).toFixed(1)
  const borders = new Map<number | undefined, readonly number[]>()
  for (const count of [undefined, ...streams]) borders.set(count, await bordersOf(ground, tree, count))
  const work: SyncWork = {
    workload: 'million',
    tree: millionPath,
    borders: (count) => borders.get(count) ?? [],
  }
  const parted = work.borders().join(', ') || 'nothing'
  return {
    work,
    line: `counted by the preflight ${tree.isWhole ? 'whole' : 'in part'}, in ${took} s; ours is parted at ${parted}`,
  }
}

/**
 * A million files: a first copy by ours, then “nothing changed” by ours and by plain rsync, with the time and the memory that rsync takes on
 * either host.
 */
export async function judgeMillion(ground: SyncGround, options: SyncOptions): Promise<Judgement> {
  const { work, line } = await prepareMillion(ground, options.streams)
  const methods = syncMethods(ground, options)
  const first = await firstCopies(
    ground,
    work,
    methods.filter(({ id }) => id.startsWith('understudy')),
  )
  const chosen = methods.filter(({ id, rank }) => rank === 'ours' || id === plainId || id === 'rsync-all')
  const same = await sameCopies(ground, work, chosen, options.rounds)
  const mine = same.find(({ method }) => method.rank === 'ours')?.all ?? []
  const demands = demandsOf(mine, [...first.peaks, ...mine.flatMap(({ peaks }) => peaks)])
  return {
    lines: [
      line,
      ...first.lines,
      ...same.map(({ method, all }) => say(`${method.title}, nothing changed`, all)),
      ...demands.map(sayDemand),
    ],
    isMet: demands.every(isMet),
  }
}
