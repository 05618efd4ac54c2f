import type { Judgement } from '@/bench/report/figures'
import { requireKnown, runRounds } from '@/bench/report/run-rounds'
import { sayMachine } from '@/bench/report/say-machine'
import { bordersOf, countTree, openGround, prepareSync, type SyncGround } from '@/bench/sync/ground'
import { judgeSyncs } from '@/bench/sync/judge-syncs'
import { measureSync } from '@/bench/sync/measure'
import { plainId, type SyncMethod, type SyncWork, syncMethods } from '@/bench/sync/methods'
import { judgeMillion } from '@/bench/sync/million'
import { readSyncOptions, type SyncOptions, type Workload } from '@/bench/sync/options'
import { makeTrees, treeOf } from '@/bench/sync/tree'
import { startLab } from '@/lab/lab'

/**
 * Files: how long the first copy of a directory takes, one of nothing new, and one of a per cent that changed; of 20,000 small files, of
 * 1 GB in large ones, and of both. Understudy's runner, plain `rsync -a` and the least that an encrypted copy takes, in one run and
 * interleaved. `npx tsx bench/sync.ts [rounds] [--ways WAY,WAY] [--only ID,ID] [--streams N,N] [--million]`, as root. Exit code 1 where a
 * figure of ours is over its limit or a trial of ours failed. How each is set up: `bench/README.md`.
 */
const options = readSyncOptions(process.argv.slice(2))
if (typeof options === 'string') {
  process.stderr.write(`${options}\n`)
  process.exit(2)
}

const titleOf = (methods: readonly SyncMethod[]) => methods.find(({ id }) => id === plainId)?.title ?? ''
const seconds = (ms: number | null) => (ms === null ? '-' : `${(ms / 1000).toFixed(2)} s`)

/** One workload; what is measured and in how many streams ours copies it is told as it comes. */
async function judgeWorkload(ground: SyncGround, workload: Workload, given: SyncOptions): Promise<Judgement> {
  const tree = treeOf(workload)
  await prepareSync(ground, workload, tree)
  const counted = await countTree(ground, tree)
  const borders = new Map<number | undefined, readonly number[]>()
  for (const streams of [undefined, ...given.streams])
    borders.set(streams, await bordersOf(ground, counted, streams))
  console.log(`${workload}: ours is parted at ${borders.get(undefined)?.join(', ') || 'nothing: one stream'}`)
  const work: SyncWork = { workload, tree, borders: (streams) => borders.get(streams) ?? [] }
  const methods = syncMethods(ground, given)
  const trials = await runRounds(methods, given, {
    tryOnce: (method) => measureSync(ground, method, work),
    say: ({ firstMs, sameMs, changedMs }) =>
      `first ${seconds(firstMs)}, nothing changed ${seconds(sameMs)}, 1 % changed ${seconds(changedMs)}`,
  })
  return judgeSyncs(workload, trials, titleOf(methods))
}

const lab = await startLab({ writing: [] })
try {
  const ground = { primary: lab.host(0), standby: lab.host(1) }
  requireKnown(options.only, syncMethods(ground, options))
  await openGround(ground)
  const judgements: Judgement[] = []
  if (options.isMillion) judgements.push(await judgeMillion(ground, options))
  else {
    await makeTrees(ground.primary)
    for (const workload of options.ways) judgements.push(await judgeWorkload(ground, workload, options))
  }
  for (const { lines } of judgements) for (const line of lines) console.log(line)
  console.log(sayMachine())
  if (judgements.some(({ isMet }) => !isMet)) process.exitCode = 1
} finally {
  await lab.down()
}
