/** PostgreSQL's units of memory (documentation 20.1.1), in bytes. */
const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
}

/**
 * Bytes of a setting of memory as a file or PostgreSQL itself writes it, e.g. `128MB` or `16384` of the setting's own unit, which can have a
 * number too (`8kB`). Null for what is none.
 */
export function parsePostgresSize(text: string, unit: string): number | null {
  const [, number = '', suffix = ''] = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(text.trim()) ?? []
  if (number === '') return null
  if (suffix !== '') return suffix in units ? Math.round(Number(number) * (units[suffix] ?? 0)) : null
  const [, factor = '', own = ''] = /^(\d*)([a-zA-Z]+)$/.exec(unit) ?? []
  return own in units ? Number(number) * Number(factor || 1) * (units[own] ?? 0) : null
}
