/**
 * Log sequence numbers: a 64-bit byte position in the WAL, printed `XXX/XXX` in hexadecimal
 * (PostgreSQL documentation, 8.20 pg_lsn Type).
 */
export type Lsn = string

const pattern = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i

/** Position in bytes. Throws RangeError on anything that is not an LSN. */
export function lsnToBytes(lsn: Lsn): bigint {
  const match = pattern.exec(lsn)
  if (!match?.[1] || !match[2]) throw new RangeError(`not an LSN: ${lsn}`)
  return (BigInt(`0x${match[1]}`) << 32n) + BigInt(`0x${match[2]}`)
}

/** The LSN of a byte position, as PostgreSQL prints it. */
export function bytesToLsn(bytes: bigint): Lsn {
  const hex = (part: bigint) => part.toString(16).toUpperCase()
  return `${hex(bytes >> 32n)}/${hex(bytes & 0xffffffffn)}`
}

/** `ahead - behind` in bytes; negative when `ahead` is the one behind. Exact up to 2^53. */
export function lsnDistanceBytes(ahead: Lsn, behind: Lsn): number {
  return Number(lsnToBytes(ahead) - lsnToBytes(behind))
}
