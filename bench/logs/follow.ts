import { setTimeout as delay } from 'node:timers/promises'
import { openHeap, type Reader } from '@/bench/logs/signed-in'

export type Followed = {
  /** Bytes that were followed. */
  readonly bytes: number
  /** Memory of the web process, and of the page's script, each about five seconds, oldest first. */
  readonly webBytes: readonly number[]
  readonly pageBytes: readonly number[]
}

const sampleMs = 5_000
const pauseMs = 200

/**
 * Follows the log for so many seconds, by HTTP as fast as it grows, while a page follows it too. Throws where a piece does not begin where
 * the one before ended: then something was lost.
 */
export async function followLog(reader: Reader, seconds: number): Promise<Followed> {
  await reader.page.goto(reader.address)
  const heap = await openHeap(reader)
  const first = await reader.read({ offset: -1, file: null })
  const until = performance.now() + seconds * 1000
  const [webBytes, pageBytes]: [number[], number[]] = [[], []]
  const sampling = (async () => {
    while (performance.now() < until) {
      webBytes.push(await reader.webBytes())
      pageBytes.push(await heap())
      await delay(sampleMs)
    }
  })()
  let at = first.nextOffset
  while (performance.now() < until) {
    const piece = await reader.read({ offset: at, file: first.file })
    if (piece.offset !== at) throw new Error(`asked for byte ${at}, got byte ${piece.offset}`)
    if (piece.nextOffset === at) await delay(pauseMs)
    at = piece.nextOffset
  }
  await sampling
  return { bytes: at - first.nextOffset, webBytes, pageBytes }
}

/**
 * How much more there was in the last quarter of the samples than in the second one, bytes: the first is that of a program which has just
 * begun. By medians, for a collection of garbage may fall into any of them.
 */
export function growthOf(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4)
  const medianOf = (from: number, to: number) =>
    samples.slice(from, to).toSorted((one, other) => one - other)[Math.floor((to - from) / 2)] ?? Number.NaN
  return medianOf(samples.length - quarter, samples.length) - medianOf(quarter, 2 * quarter)
}
