import { followLog } from '@/bench/logs/follow'
import { judgeLogs, type LogFigures } from '@/bench/logs/judge-logs'
import { lastWords, logPath, makeLog, needle, startAppending } from '@/bench/logs/log-file'
import { type Reader, signIn, timePage } from '@/bench/logs/signed-in'
import { timed } from '@/bench/pair/timed'
import { sayMachine } from '@/bench/report/say-machine'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { run } from '@/lab/run-command'
import type { LogMatchesView } from '@/lib/domain/views'
import { startDashboard } from '@/test/harness/dashboard'

/**
 * A log of 1 GB on a host, through the dashboard as it is installed: how soon its end is there by HTTP and on the page, memory of the web
 * process and of the page while it grows by 1 MB a second and is followed, how long a search of all of it takes, and the rate of a download.
 * `npx tsx bench/logs.ts [rounds] [--size MB] [--seconds N]`, as root, against the built pages. Exit code 1 where a figure is over its
 * limit.
 */
const [words, flags] = [process.argv.slice(2), new Map<string, number>()]
for (const name of ['--size', '--seconds']) {
  const at = words.indexOf(name)
  if (at >= 0) flags.set(name, Number(words.splice(at, 2)[1]))
}
const rounds = Number(words[0] ?? 5)
const wantedBytes = (flags.get('--size') ?? 1_000) * 1_000_000
const seconds = flags.get('--seconds') ?? 180
if (
  words.length > 1 ||
  ![rounds, wantedBytes, seconds].every((count) => Number.isInteger(count) && count > 0)
) {
  process.stderr.write(
    'Give a number of rounds, and --size in MB and --seconds where others than 1000 and 180 are wanted.\n',
  )
  process.exit(2)
}

async function clock(act: () => Promise<unknown>): Promise<number> {
  const begunAt = performance.now()
  await act()
  return performance.now() - begunAt
}

/** Each round all, interleaved; the figures of each in the order in which they were given. */
async function repeat(
  ...acts: readonly (readonly [name: string, act: () => Promise<number>])[]
): Promise<readonly (readonly number[])[]> {
  const found = acts.map((): number[] => [])
  for (let round = 1; round <= rounds; round += 1)
    for (const [index, [name, act]] of acts.entries()) {
      const ms = await act()
      found[index]?.push(ms)
      console.log(`${round}: ${name}: ${ms.toFixed(0)} ms`)
    }
  return found
}

async function search(reader: Reader): Promise<void> {
  const response = await reader.ask(`/search?host=standby&text=${encodeURIComponent(needle)}`)
  const { count } = (await response.json()) as LogMatchesView
  if (count !== 1) throw new Error(`found ${count} needles`)
}

/** Reads the whole answer and keeps nothing of it; the most that the web process had meanwhile. */
async function download(reader: Reader, bytes: number): Promise<number> {
  const response = await reader.ask('/download?host=standby')
  let most = 0
  let read = 0
  let sampledAt = 0
  for await (const piece of response.body ?? []) {
    read += piece.length
    if (read - sampledAt < 50_000_000) continue
    sampledAt = read
    most = Math.max(most, await reader.webBytes())
  }
  if (read !== bytes) throw new Error(`${read} bytes of ${bytes} came`)
  return most
}

/** What of a download is not ours. */
async function readBySsh(host: LabHost): Promise<void> {
  const trust = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
  const options = ['-F', '/dev/null', '-i', host.privateKeyPath, ...trust.flatMap((each) => ['-o', each])]
  await run('sh', ['-c', 'ssh "$@" >/dev/null', 'sh', ...options, `root@${host.address}`, `cat ${logPath}`])
}

async function measure(lab: Lab, reader: Reader): Promise<LogFigures> {
  const host = lab.host(1)
  await makeLog(host, wantedBytes)
  const logBytes = Number(await host.exec(`stat -c %s ${logPath}`))
  const coldMs = await clock(() => reader.read({ offset: -1, file: null }))
  const [openMs = [], pageMs = []] = await repeat(
    ['first lines', () => clock(() => reader.read({ offset: -1, file: null }))],
    ['last line on the page', () => timePage(reader, lastWords)],
  )
  const downloadWebBytes: number[] = []
  const [searchMs = [], grepMs = [], downloadMs = [], sshMs = []] = await repeat(
    ['search', () => clock(() => search(reader))],
    // Into a pipe: grep(1) ends with its first match where nobody reads what it prints.
    ['grep', () => timed(host, `LC_ALL=C grep -aiF '${needle}' ${logPath} | wc -l`)],
    ['download', () => clock(async () => downloadWebBytes.push(await download(reader, logBytes)))],
    ['ssh', () => clock(() => readBySsh(host))],
  )
  const stop = await startAppending(host)
  const followed = await followLog(reader, seconds)
  await stop()
  const found = { coldMs, openMs, pageMs, searchMs, grepMs, downloadMs, sshMs }
  return { ...found, followed, downloadWebBytes, logBytes }
}

const lab = await startLab({ writing: [] })
const dashboard = await startDashboard()
try {
  const reader = await signIn(dashboard, lab)
  try {
    const { lines, isMet } = judgeLogs(await measure(lab, reader))
    for (const line of [...lines, sayMachine()]) console.log(line)
    if (!isMet) process.exitCode = 1
  } finally {
    await reader.close()
  }
} finally {
  await dashboard.dispose()
  await lab.down()
}
