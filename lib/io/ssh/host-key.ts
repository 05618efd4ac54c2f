import ssh2 from 'ssh2'

/** Type of a raw public key, its first length-prefixed string (RFC 4253, 6.6), e.g. `ssh-ed25519`. */
function typeOf(rawKey: Buffer): string {
  return rawKey.subarray(4, 4 + rawKey.readUInt32BE(0)).toString('latin1')
}

/** The key as a line of known_hosts without the host: `ssh-ed25519 AAAA…`. */
export function toHostKeyLine(rawKey: Buffer): string {
  return `${typeOf(rawKey)} ${rawKey.toString('base64')}`
}

/** The raw key of such a line (a comment behind it is ignored), or null when it isn't one. */
export function parseHostKeyLine(line: string): Buffer | null {
  const parsed = ssh2.utils.parseKey(line.trim().split(/\s+/).slice(0, 2).join(' '))
  return parsed instanceof Error ? null : parsed.getPublicSSH()
}

const defaultAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const

export type HostKeyAlgorithm = (typeof defaultAlgorithms)[number]

/**
 * The order in which to ask for host keys: the pinned key's own type first, so that a server with several keys shows
 * that one; the others behind it, so that a server that lost it shows what it has now instead of failing to agree.
 */
export function hostKeyAlgorithms(pinned: Buffer | null): HostKeyAlgorithm[] {
  const type = pinned === null ? '' : typeOf(pinned)
  const isPinned = (algorithm: string) =>
    algorithm === type || (type === 'ssh-rsa' && algorithm.startsWith('rsa-sha2-'))
  return [...defaultAlgorithms.filter(isPinned), ...defaultAlgorithms.filter((name) => !isPinned(name))]
}
