import { type Followed, growthOf } from '@/bench/logs/follow'
import {
  type Demand,
  inMegabytes,
  inMs,
  inSeconds,
  isMet,
  type Judgement,
  sayDemand,
  spreadOf,
} from '@/bench/report/figures'

export type LogFigures = {
  /** The first lines by HTTP when nobody was connected to the host yet, and each time after. */
  readonly coldMs: number
  readonly openMs: readonly number[]
  /** From an address in a browser to the last line on the page. */
  readonly pageMs: readonly number[]
  readonly followed: Followed
  /** A search of the whole file, and grep(1) on the host itself. */
  readonly searchMs: readonly number[]
  readonly grepMs: readonly number[]
  /** The whole file by HTTP, and by ssh from the same machine. */
  readonly downloadMs: readonly number[]
  readonly sshMs: readonly number[]
  readonly downloadWebBytes: readonly number[]
  readonly logBytes: number
}

const openMaxMs = 1_000
const growthMaxBytes = 32e6

const medianOf = (values: readonly number[]) => spreadOf(values)?.median ?? Number.NaN
const beside = (mine: readonly number[], floor: readonly number[]) =>
  (medianOf(mine) / medianOf(floor)).toFixed(2)

/** What was measured, and whether a log as large as that opens at once and is followed without growing memory. */
export function judgeLogs(of: LogFigures): Judgement {
  const rate = (all: readonly number[]) => `${(of.logBytes / 1e3 / medianOf(all)).toFixed(0)} MB/s`
  const [open, page, search, download] = [of.openMs, of.pageMs, of.searchMs, of.downloadMs].map(spreadOf)
  const [grep, ssh, web] = [of.grepMs, of.sshMs, of.downloadWebBytes].map(spreadOf)
  if (!open || !page || !search || !download || !grep || !ssh || !web)
    throw new Error('something was not measured')
  const ms = (value: number) => `${value.toFixed(0)} ms`
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  const grows = (what: string, samples: readonly number[]): Demand => ({
    what: `growth of ${what} while ${megabytes(of.followed.bytes)} were followed`,
    is: growthOf(samples),
    atMost: growthMaxBytes,
    say: megabytes,
  })
  const demands: readonly Demand[] = [
    { what: 'first lines, not connected before', is: of.coldMs, atMost: openMaxMs, say: ms },
    { what: 'last line on the page', is: page.median, atMost: openMaxMs, say: ms },
    grows('the web process', of.followed.webBytes),
    grows('the page', of.followed.pageBytes),
  ]
  return {
    lines: [
      `a log of ${megabytes(of.logBytes)}`,
      `first lines by HTTP: ${inMs(open)}; not connected before: ${ms(of.coldMs)}`,
      `last line on the page: ${inMs(page)}`,
      `search of the whole file: ${inSeconds(search)}, ${rate(of.searchMs)}; grep on the host: ${inSeconds(grep)}, ratio ${beside(of.searchMs, of.grepMs)}`,
      `download: ${inSeconds(download)}, ${rate(of.downloadMs)}; by ssh: ${inSeconds(ssh)}, ratio ${beside(of.downloadMs, of.sshMs)}; the web process had at most ${inMegabytes(web)}`,
      ...demands.map(sayDemand),
    ],
    isMet: demands.every(isMet),
  }
}
