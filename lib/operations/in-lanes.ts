/**
 * Works on the items in their order, `lanes` at once. When one fails no further one is begun; those that run are waited for,
 * then the first failure is thrown.
 */
export async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items]
  const failures: unknown[] = []
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined && failures.length === 0; next = queue.shift())
      await work(next).catch((error) => failures.push(error))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (failures.length > 0) throw failures[0]
}
