import type { LabHost } from '@/lab/lab-host'

const samples = '/run/bench-memory'

/**
 * Writes down five times a second what each rsync of the host has in memory: its proportional share (proc(5), smaps_rollup), for an rsync
 * that receives is two processes which share most of theirs. Prints the process id that ends it.
 */
const sample = `while true; do
  echo sample
  for pid in $(pgrep -x rsync); do sed -n 's/^Pss: *\\([0-9]*\\) kB/\\1/p' /proc/$pid/smaps_rollup; done
  sleep 0.2
done >${samples} 2>/dev/null </dev/null & echo $!`

/** The most that all processes had together in one sample, bytes; 0 where none was seen. */
export function peakOf(text: string): number {
  const together = text
    .split(/^sample$/m)
    .map((lines) => lines.split('\n').reduce((sum, line) => sum + Number(line), 0) * 1024)
  return Math.max(0, ...together)
}

/** Does it, and says how much memory the rsyncs of each host had at most meanwhile. */
export async function withPeaks<T>(
  hosts: readonly LabHost[],
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly peaks: readonly number[] }> {
  const samplers = await Promise.all(
    hosts.map(async (host) => ({ host, pid: Number(await host.exec(sample)) })),
  )
  try {
    const result = await act()
    return {
      result,
      peaks: await Promise.all(hosts.map(async (host) => peakOf(await host.exec(`cat ${samples}`)))),
    }
  } finally {
    await Promise.all(samplers.map(({ host, pid }) => host.exec(`kill ${pid}`)))
  }
}
