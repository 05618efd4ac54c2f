/**
 * A connection string of keywords and values (PostgreSQL documentation 34.1.1.1). Values with other characters than
 * the plainest are single-quoted with backslash escapes.
 */
export function buildConninfo(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([keyword, value]) => `${keyword}=${quoteValue(String(value))}`)
    .join(' ')
}

function quoteValue(value: string): string {
  if (value.includes('\0')) throw new RangeError('a NUL character cannot be passed to PostgreSQL')
  if (/^[A-Za-z0-9_./:-]+$/.test(value)) return value
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** One line of a password file (PostgreSQL documentation 34.16): `:` and `\` are escaped in each field. */
export function buildPassfileLine(entry: {
  host: string
  port: number
  database: string
  user: string
  password: string
}): string {
  const fields = [entry.host, String(entry.port), entry.database, entry.user, entry.password]
  return `${fields.map((field) => field.replaceAll('\\', '\\\\').replaceAll(':', '\\:')).join(':')}\n`
}
