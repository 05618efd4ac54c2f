import { onFreshHosts } from '@/bench/pair/on-fresh-hosts'
import { judgeRepairs } from '@/bench/repair/judge-repairs'
import { measureRepair, type RepairFigures } from '@/bench/repair/measure'
import { type RepairMethod, repairMethods } from '@/bench/repair/methods'
import { readBenchOptions } from '@/bench/report/options'
import { requireKnown, runRounds } from '@/bench/report/run-rounds'
import { sayMachine } from '@/bench/report/say-machine'
import { repairWays } from '@/lib/domain/repair-way'

/**
 * Re-pair: how long until a host that fell out of its pair streams again, and how much it received for that, by each way: it is started, it
 * is let follow, it is rewound, its database is copied anew. Understudy, the bare commands, and repmgr where Debian has it, in one run and
 * interleaved. `npx tsx bench/repair.ts [rounds] [--size GB] [--ways WAY,WAY] [--only ID,ID] [--steps]`, as root; each trial has fresh
 * hosts. Exit code 1 where a figure of ours is over its limit or a trial of ours failed. How each is set up: `bench/README.md`.
 */
const options = readBenchOptions(process.argv.slice(2), repairWays)
if (typeof options === 'string') {
  process.stderr.write(`${options}\n`)
  process.exit(2)
}

const all = options.ways.map((way) => ({ way, methods: repairMethods(way, options) }))
requireKnown(
  options.only,
  all.flatMap(({ methods }) => methods),
)

/** A string says why the method can't be tried here. */
const tryOnce = (method: RepairMethod): Promise<RepairFigures | string> =>
  onFreshHosts(method, async (pair) => {
    const broken = await method.open(pair)
    return typeof broken === 'string' ? broken : await measureRepair(broken.roles, broken.repair)
  })

const seconds = (ms: number) => (ms / 1000).toFixed(2)

const judgements = []
for (const { way, methods } of all) {
  const trials = await runRounds(methods, options, {
    tryOnce,
    say: ({ streamingMs, endedMs, receivedBytes, isTls }) =>
      `streams after ${seconds(streamingMs)} s, ended after ${seconds(endedMs)} s, ${(receivedBytes / 1e6).toFixed(0)} MB received ${isTls ? 'over' : 'without'} TLS`,
  })
  judgements.push(judgeRepairs(way, trials))
}
for (const { lines } of judgements) for (const line of lines) console.log(line)
console.log(`a database of ${options.sizeGb} GB; ${sayMachine()}`)
if (judgements.some(({ isMet }) => !isMet)) process.exitCode = 1
