import { createHash } from 'node:crypto'

/** Fingerprint of a raw public key, exactly as OpenSSH prints it: `SHA256:` and base64 without padding (ssh-keygen(1), -l). */
export function fingerprintOf(rawKey: Buffer): string {
  return `SHA256:${createHash('sha256').update(rawKey).digest('base64').replace(/=+$/, '')}`
}

/** The same of a line that has such a key, as files of public keys and known_hosts have it; null where it has none. */
export function fingerprintOfLine(line: string): string | null {
  const [, base64] = /(?:^|\s)(?:ssh|ecdsa)-\S+ +([A-Za-z0-9+/]+=*)/.exec(line) ?? []
  return base64 === undefined ? null : fingerprintOf(Buffer.from(base64, 'base64'))
}
