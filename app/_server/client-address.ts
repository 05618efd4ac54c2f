import { isIP } from 'node:net'

/**
 * Where a request came from, for the audit log only: the last entry of X-Forwarded-For, which a proxy in front wrote, or
 * Next itself from the socket. Nothing is decided by it.
 */
export function clientAddress(headers: Headers): string {
  const last = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? ''
  return isIP(last) ? last.replace(/^::ffff:/, '') : 'an unknown address'
}
