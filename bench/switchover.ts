import { onFreshHosts } from '@/bench/pair/on-fresh-hosts'
import { readBenchOptions } from '@/bench/report/options'
import { requireKnown, runRounds } from '@/bench/report/run-rounds'
import { sayMachine } from '@/bench/report/say-machine'
import { judgeSwitchOvers } from '@/bench/switchover/judge-switch-overs'
import { measureSwitchOver, type SwitchOverFigures } from '@/bench/switchover/measure'
import { type Method, switchOverMethods } from '@/bench/switchover/methods'

/**
 * Switch over: how long a writing client could not write at about 500 transactions a second, what it lost, and when the old primary
 * streams again; Understudy, the bare minimal sequence, and repmgr, Patroni and pg_auto_failover where Debian has them, in one run and
 * interleaved. `npx tsx bench/switchover.ts [rounds] [--only ID,ID] [--size GB] [--steps]`, as root; each trial has fresh hosts. Exit
 * code 1 where a figure of ours is over its limit or a trial of ours failed. How each is set up: `bench/README.md`.
 */
const options = readBenchOptions(process.argv.slice(2))
if (typeof options === 'string') {
  process.stderr.write(`${options}\n`)
  process.exit(2)
}

const methods = switchOverMethods(options)
requireKnown(options.only, methods)

/** A string says why the method can't be tried here. */
const tryOnce = (method: Method): Promise<SwitchOverFigures | string> =>
  onFreshHosts(method, async (pair, lab) => {
    const switchOver = await method.open(pair, lab)
    return typeof switchOver === 'string' ? switchOver : await measureSwitchOver(pair, switchOver)
  })

const trials = await runRounds(methods, options, {
  tryOnce,
  say: ({ gapMs, streamingMs, lost }) =>
    `${gapMs.toFixed(0)} ms without writes, old primary streams after ${streamingMs} ms, ${lost} rows lost`,
})
const { lines, isMet } = judgeSwitchOvers(trials)
for (const line of [...lines, sayMachine()]) console.log(line)
if (!isMet) process.exitCode = 1
