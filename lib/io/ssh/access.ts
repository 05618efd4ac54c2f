import type { AuthKind } from '@/lib/domain/host'
import type { HostSecret } from '@/lib/ports/store'

/** Where to, as whom, and with what. The secret lives only here, in memory. */
export type Access = {
  /** For messages. */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly authKind: AuthKind
  readonly secret: HostSecret
  /** The only host key that is accepted, as in known_hosts without the host; null when none was confirmed. */
  readonly hostKey: string | null
  /** Socket of an SSH agent (SSH_AUTH_SOCK), null when there is none. */
  readonly agentSocket: string | null
}

/** `db1 (192.0.2.10)`, or the address alone where the name is the address. */
export const label = ({ name, address }: Pick<Access, 'name' | 'address'>): string =>
  name === address ? address : `${name} (${address})`
