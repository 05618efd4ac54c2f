/**
 * Works on the items in their order, `lanes` at once; one may take several lanes (`widthOf`), and then waits until so many are free. When one
 * fails no further one is begun; those that run are waited for, then the first failure is thrown.
 */
export async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
  widthOf: (item: T) => number = () => 1,
): Promise<void> {
  const failures: unknown[] = []
  const running = new Set<Promise<void>>()
  let free = lanes
  for (const item of items) {
    const width = Math.min(lanes, widthOf(item))
    while (free < width) await Promise.race(running)
    if (failures.length > 0) break
    free -= width
    const done = work(item)
      .catch((error) => {
        failures.push(error)
      })
      .finally(() => {
        free += width
        running.delete(done)
      })
    running.add(done)
  }
  await Promise.all(running)
  if (failures.length > 0) throw failures[0]
}
