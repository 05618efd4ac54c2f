/** A row that a server has acknowledged, and when, in epoch milliseconds. */
export type Acknowledged = { readonly id: number; readonly at: number }

/** The longest time between two acknowledged rows of which the later one is not older than `since`, in milliseconds. */
export function longestGap(rows: readonly Acknowledged[], since: number): number {
  let longest = 0
  for (const [index, { at }] of rows.entries()) {
    const before = rows[index - 1]
    if (before && at >= since) longest = Math.max(longest, at - before.at)
  }
  return longest
}
