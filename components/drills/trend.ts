import type { Drill } from '@/lib/domain/drill'

export type TrendPoint = { readonly id: string; readonly ms: number; readonly x: number; readonly y: number }

/** Kept free at every side, so that a point at the edge is seen whole. */
const margin = 6

/**
 * Where each drill that measured a recovery stands in a picture of that size, the oldest first: by its time across, by its recovery time up from
 * zero.
 */
export function trendOf(
  drills: readonly Pick<Drill, 'operationId' | 'startedAt' | 'recoveryMs'>[],
  { width, height }: { readonly width: number; readonly height: number },
): readonly TrendPoint[] {
  const measured = drills
    .flatMap(({ operationId: id, startedAt, recoveryMs: ms }) =>
      ms === null ? [] : [{ id, ms, at: Date.parse(startedAt) }],
    )
    .sort((one, other) => one.at - other.at)
  const [first, last] = [measured[0]?.at ?? 0, measured.at(-1)?.at ?? 0]
  const most = Math.max(1, ...measured.map(({ ms }) => ms))
  const across = (at: number) => (last === first ? 0.5 : (at - first) / (last - first))
  return measured.map(({ id, ms, at }) => ({
    id,
    ms,
    x: Math.round(margin + across(at) * (width - 2 * margin)),
    y: Math.round(height - margin - (ms / most) * (height - 2 * margin)),
  }))
}
