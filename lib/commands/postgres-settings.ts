import { type SqlStatement, sql, sqlIdentifier, sqlLiteral } from '@/lib/commands/sql'

/** `ALTER SYSTEM SET`, for a setting that takes one value. */
export const alterSystem = (name: string, value: string): SqlStatement =>
  sql(`alter system set ${sqlIdentifier(name)} = ${sqlLiteral(value)}`)

/** Back to what the other configuration files say. */
const resetSystem = (name: string): SqlStatement => sql(`alter system reset ${sqlIdentifier(name)}`)

/** Back to what `ALTER SYSTEM` had set before, or out of postgresql.auto.conf if it had not. */
export const restoreSystem = (name: string, before: string | undefined): SqlStatement =>
  before === undefined ? resetSystem(name) : alterSystem(name, before)

export const reloadSettings: SqlStatement = sql('select pg_reload_conf()')

/** Whether `listen_addresses` lets connections to `address` in. */
export function listensOn(listenAddresses: string, address: string): boolean {
  const listed = listenAddresses.split(',').map((entry) => entry.trim())
  return (
    listed.includes('*') ||
    listed.includes(address) ||
    listed.includes(address.includes(':') ? '::' : '0.0.0.0')
  )
}

/** `listen_addresses` with `address` added. */
export function listenAlsoOn(listenAddresses: string, address: string): string {
  const listed = listenAddresses
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  return [...listed, address].join(', ')
}
