/** One SQL statement as a value: what is sent, and what a plan or report shows of it. */
export type SqlStatement = {
  readonly text: string
  readonly preview: string
}

/** A string constant (PostgreSQL documentation 4.1.2.1); right with any standard_conforming_strings. */
export function sqlLiteral(value: string): string {
  if (value.includes('\0')) throw new RangeError('a NUL character cannot be passed to PostgreSQL')
  const quoted = value.replaceAll("'", "''")
  return quoted.includes('\\') ? ` E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}

/** A quoted identifier (PostgreSQL documentation 4.1.1). */
export function sqlIdentifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('a NUL character cannot be passed to PostgreSQL')
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** A statement that holds no secret. */
export const sql = (text: string): SqlStatement => ({ text, preview: text })
