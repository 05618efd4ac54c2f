/**
 * A length of time for people, never rounded up: `0.4 s`, `18 s`, `3 min 02 s`, `3 h 10 min`, `2 d 4 h`.
 * Negative lengths (clocks that disagree) read as `0 s`.
 */
export function formatDuration(seconds: number): string {
  if (seconds <= 0) return '0 s'
  if (seconds < 10) return `${trimZero((Math.floor(seconds * 10) / 10).toFixed(1))} s`
  const whole = Math.floor(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return twoParts(Math.floor(whole / 60), 'min', whole % 60, 's')
  const minutes = Math.floor(whole / 60)
  if (minutes < 24 * 60) return twoParts(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.floor(minutes / 60)
  return twoParts(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const trimZero = (text: string) => text.replace(/\.0$/, '')

function twoParts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  if (small === 0) return `${large} ${largeUnit}`
  const padded = smallUnit === 'h' ? String(small) : String(small).padStart(2, '0')
  return `${large} ${largeUnit} ${padded} ${smallUnit}`
}
