/** A share for people, truncated: 99.97 % reads as `99 %`, so that 100 % means all of it. */
export function formatPercent(part: number, whole: number): string {
  return `${toPercent(part, whole)} %`
}

/** The share as a whole number from 0 to 100, truncated; 0 where there is no whole. */
export function toPercent(part: number, whole: number): number {
  if (whole <= 0) return 0
  return Math.max(0, Math.min(100, Math.floor((part / whole) * 100)))
}
