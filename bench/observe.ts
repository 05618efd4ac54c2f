import { startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { ownerTarget } from '@/lib/operations/preflight/read-host-facts'
import { systemClock } from '@/lib/time'
import { HostWatch } from '@/lib/watch/host-watch'
import { observePair } from '@/lib/watch/observe-pair'
import { placeOf } from '@/lib/watch/pair-subject'
import { labProfile, openLabPair } from '@/test/harness/lab-pair'
import { makeStreaming } from '@/test/harness/watched-lab'

/**
 * One observation of both hosts of a streaming pair: wall time, and CPU time on each host with what an idle host uses taken off.
 * Beside it, in the same run, the floor: the least that a question to both costs on the same open connections.
 * `npx tsx bench/observe.ts [looks]`, as root. The CPU counts all of a host: its sshd, shell and PostgreSQL.
 */
const looks = Number(process.argv[2] ?? 200)
const pauseMs = 250
const target = { wallMs: 25, cpuMs: 3 }

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * CPU time of a host's processes and of their ended children, milliseconds, from proc(5): fields 14 to 17 of stat, in ticks of
 * 10 ms. What asks this is no child of the host's own processes.
 */
async function cpuMs(host: LabHost): Promise<number> {
  const text = await host.exec(
    `cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' | awk '{ ticks += $12 + $13 + $14 + $15 } END { print ticks }'`,
  )
  return Number(text) * 10
}

/** Median, smallest, largest and 95th percentile. */
function describe(values: readonly number[]): string {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1)
  return `median ${at(0.5)} ms, p95 ${at(0.95)}, min ${at(0)}, max ${at(1)}, n ${values.length}`
}

async function measure(hosts: readonly LabHost[], body: () => Promise<unknown>) {
  const idleBefore = await Promise.all(hosts.map(cpuMs))
  await delay(looks * pauseMs)
  const before = await Promise.all(hosts.map(cpuMs))
  const wall: number[] = []
  const own = process.cpuUsage()
  for (let look = 0; look < looks; look += 1) {
    const startedAt = performance.now()
    await body()
    const tookMs = performance.now() - startedAt
    wall.push(tookMs)
    await delay(pauseMs - tookMs)
  }
  const after = await Promise.all(hosts.map(cpuMs))
  const { user, system } = process.cpuUsage(own)
  const cpu = hosts.map((_, index) => {
    const [idle = 0, begin = 0, end = 0] = [idleBefore[index], before[index], after[index]]
    return (end - begin - (begin - idle)) / looks
  })
  return { wall, cpu, ownCpuMs: (user + system) / 1000 / looks }
}

const lab = await startLab({ say: console.error })
const pair = await openLabPair(lab)
const hosts = [lab.host(0), lab.host(1)]
try {
  await makeStreaming(lab.host(0), lab.host(1))
  await lab.host(0).exec('systemctl stop ledger')
  const subject = { pair: pair.pairs.current, hosts: pair.hosts, profile: labProfile }
  const watch = (role: 'primary' | 'standby') =>
    new HostWatch({
      door: pair.doors.door(pair.hosts[role]),
      place: placeOf(subject, role),
      readMonitorPassword: async () => null,
      clock: systemClock,
      signal: new AbortController().signal,
    })
  const watches = { primary: watch('primary'), standby: watch('standby') }
  const observe = () =>
    observePair(watches, {
      asksPeers: 'postgres',
      postgresPort: 5432,
      sshPorts: { primary: 22, standby: 22 },
      clock: systemClock,
    })
  const isSeen = async () => {
    const { primary, standby } = (await observe()).hosts
    return primary.machine.seen && primary.server.seen && standby.machine.seen && standby.server.seen
  }
  while (!(await isSeen())) await delay(100)

  const place = {
    ...ownerTarget(labProfile.postgres),
  }
  const doors = [pair.doors.door(pair.hosts.primary), pair.doors.door(pair.hosts.standby)]
  const sessions = await Promise.all(doors.map((door) => door.database(place)))
  const floor = () => Promise.all(sessions.map((session) => session.query('select 1')))

  const least = await measure(hosts, floor)
  const full = await measure(hosts, observe)
  const print = (name: string, result: Awaited<ReturnType<typeof measure>>) => {
    console.log(`${name}: ${describe(result.wall)}`)
    const cpu = result.cpu.map((ms) => `${ms.toFixed(2)} ms`).join(' and ')
    console.log(`  CPU a look: ${cpu} on the hosts, ${result.ownCpuMs.toFixed(2)} ms here`)
  }
  print('floor (select 1 on both)', least)
  print('observation of both hosts', full)
  console.log(`must be: at most ${target.wallMs} ms of wall time and ${target.cpuMs} ms of CPU on each host`)
  await Promise.all([watches.primary.close(), watches.standby.close(), ...sessions.map((s) => s.close())])
} finally {
  await pair.close()
  await lab.down()
}
