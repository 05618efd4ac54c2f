import type { BenchPair } from '@/bench/pair/bench-pair'
import type { Measured } from '@/bench/report/run-rounds'
import { type Lab, startLab } from '@/lab/lab'

/** Does it on hosts that nobody else has used, and takes them away again, however it ends. */
export async function onFreshHosts<T>(
  { rank, hosts = 2 }: Pick<Measured, 'rank'> & { readonly hosts?: number },
  act: (pair: BenchPair, lab: Lab) => Promise<T>,
): Promise<T> {
  // What is not ours knows nothing of the application, which would start a server again that was stopped.
  const lab = await startLab({ hosts, writing: rank === 'ours' ? [0] : [] })
  const closers: (() => Promise<void>)[] = []
  try {
    return await act({ primary: lab.host(0), standby: lab.host(1), closers }, lab)
  } finally {
    for (const close of closers.toReversed()) await close()
    await lab.down()
  }
}
