import { cpus, loadavg } from 'node:os'
import { letSignIn, registerRepmgr, switchOverByRepmgr } from '@/bench/peers/repmgr'
import { switchOverByHand } from '@/bench/switchover/bare'
import { type BenchPair, type Figures, furnishBench, measure } from '@/bench/switchover/measure'
import { openUnderstudy } from '@/bench/switchover/understudy'
import { startLab } from '@/lab/lab'
import { makeStreaming } from '@/test/harness/watched-lab'

/**
 * Switch over: how long a writing client could not write at about 500 transactions a second, what it lost, and when the old primary
 * streams again; Understudy, the bare minimal sequence, and repmgr where it is installed, in one run and interleaved.
 * `npx tsx bench/switchover.ts [rounds] [--steps]`, as root; `--steps` tells when each of Understudy's began; each trial has fresh hosts. Exit code 1 where a figure is over its limit.
 */
const rounds = Number(process.argv[2] ?? 5)
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write('Give a number of rounds.\n')
  process.exit(2)
}
const limits = { gapMs: 300, streamingMs: 3_000, shareOfPeer: 0.2 }

/** Makes a pair that streams, and returns how it is switched over; a string says why it can't be. */
type Method = (pair: BenchPair) => Promise<(() => Promise<void>) | string>

const methods: Readonly<Record<string, { run: Method; isPeer: boolean }>> = {
  Understudy: { run: openUnderstudy, isPeer: false },
  'by hand, at its least': {
    isPeer: false,
    run: async (pair) => {
      await makeStreaming(pair.primary, pair.standby)
      await letFollow(pair)
      await furnishBench(pair)
      return () => switchOverByHand(pair)
    },
  },
  'repmgr standby switchover': {
    isPeer: true,
    run: async (pair) => {
      await makeStreaming(pair.primary, pair.standby)
      const why = await registerRepmgr(pair.primary, pair.standby)
      if (why !== null) return why
      await furnishBench(pair)
      await letSignIn(pair)
      return () => switchOverByRepmgr(pair)
    },
  },
}

/** The old primary may replicate from the new one. */
async function letFollow({ primary, standby }: BenchPair): Promise<void> {
  await standby.exec(
    `sed -i '1i host replication understudy_repl ${primary.address}/32 trust' /etc/postgresql/15/main/pg_hba.conf && systemctl reload postgresql@15-main`,
  )
}

async function trial(method: Method): Promise<Figures | string> {
  const lab = await startLab()
  const closers: (() => Promise<void>)[] = []
  try {
    const pair: BenchPair = { primary: lab.host(0), standby: lab.host(1), closers }
    const switchOver = await method(pair)
    return typeof switchOver === 'string' ? switchOver : await measure(pair, switchOver)
  } finally {
    for (const close of closers) await close()
    await lab.down()
  }
}

const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
const range = (values: readonly number[]) =>
  `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`

const results = new Map<string, Figures[]>()
for (let round = 1; round <= rounds; round += 1)
  for (const [name, { run }] of Object.entries(methods)) {
    const outcome = await trial(run)
    if (typeof outcome === 'string') {
      console.log(`${round}: ${name}: ${outcome}`)
      continue
    }
    results.set(name, [...(results.get(name) ?? []), outcome])
    const { gapMs, streamingMs, lost } = outcome
    console.log(
      `${round}: ${name}: ${gapMs.toFixed(0)} ms without writes, old primary streams after ${streamingMs} ms, ${lost} rows lost`,
    )
  }

for (const [name, figures] of results) {
  const lost = figures.reduce((sum, figure) => sum + figure.lost, 0)
  console.log(
    `${name}: without writes ${range(figures.map(({ gapMs }) => gapMs))}; old primary streams after ${range(figures.map(({ streamingMs }) => streamingMs))}; ${lost} acknowledged rows lost in ${figures.length}`,
  )
}
const ours = results.get('Understudy') ?? []
const gap = median(ours.map(({ gapMs }) => gapMs))
const peers = Object.entries(methods).flatMap(([name, { isPeer }]) => {
  const figures = results.get(name)
  return isPeer && figures ? [median(figures.map(({ gapMs }) => gapMs))] : []
})
const best = Math.min(...peers)
const lost = ours.reduce((sum, figure) => sum + figure.lost, 0)
const streaming = Math.max(...ours.map(({ streamingMs }) => streamingMs))
console.log(
  `must be: at most ${limits.gapMs} ms and ${limits.shareOfPeer} of the best peer, 0 lost, streaming within ${limits.streamingMs} ms;
it is ${gap.toFixed(0)} ms, ${Number.isFinite(best) ? (gap / best).toFixed(2) : 'no peer to compare with'}, ${lost} lost, ${streaming} ms`,
)
const load = loadavg().map((minutes) => minutes.toFixed(2))
console.log(`${cpus().length} processors (${cpus()[0]?.model}), load over 1, 5 and 15 min: ${load.join(' ')}`)
const isGood =
  gap <= limits.gapMs && lost === 0 && streaming <= limits.streamingMs && !(gap > limits.shareOfPeer * best)
if (!isGood) process.exitCode = 1
