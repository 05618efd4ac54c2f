import type { PairSecretName } from '@/lib/ports/store'

/** The passwords of one pair's roles. Clear text stays in memory and in files of mode 0600. */
export type PairSecrets = {
  /** The secret; made at random and stored first where there is none yet. */
  ensure(name: PairSecretName): Promise<string>
  /** One for what does not outlive a step; it is kept nowhere. */
  makeOnce(): string
  /** The text without any of them. */
  hide(text: string): string
  /** What PostgreSQL stores for a password (RFC 5802, RFC 7677), so that the password itself never reaches a server's log. */
  scramVerifier(password: string): string
}
