const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/**
 * A size for people: decimal units (1 kB = 1000 B), three significant figures, e.g. `0 B`, `24 kB`, `1.24 MB`.
 * Negative sizes keep their sign. A rate is `${formatBytes(x)}/s`.
 */
export function formatBytes(bytes: number): string {
  const sign = bytes < 0 ? '−' : ''
  let value = Math.abs(bytes)
  let unit = 0
  // 999.5 and more would print as 1000 of the smaller unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${sign}${toFigures(value, unit)} ${units[unit]}`
}

function toFigures(value: number, unit: number): string {
  if (unit === 0 || value >= 99.95) return String(Math.round(value))
  const text = value >= 9.995 ? value.toFixed(1) : value.toFixed(2)
  return text.replace(/\.?0+$/, '')
}
