/** A machine reached over SSH. */
export type HostId = string

/** How we prove who we are. The secret itself (private key, password) is never part of this value. */
const authKinds = ['key', 'password', 'agent'] as const
export type AuthKind = (typeof authKinds)[number]

/**
 * What the login user may do: `root` is uid 0, `sudo` may `sudo -n` without a password,
 * `unprivileged` owns the application and PostgreSQL itself.
 */
const privileges = ['root', 'sudo', 'unprivileged'] as const
export type Privilege = (typeof privileges)[number]

export type Host = {
  readonly id: HostId
  /** Short name that an operator gave; unique; shown everywhere and typed to confirm. */
  readonly name: string
  /** IPv4 or IPv6 address, never a name: replication and pg_hba work with addresses. */
  readonly address: string
  readonly port: number
  readonly user: string
  readonly authKind: AuthKind
  /** `SHA256:…` as OpenSSH prints it; null until an operator confirmed it. */
  readonly hostKeyFingerprint: string | null
  /** The confirmed public host key as in known_hosts, without the host: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string | null
  /** Found when access was tested; null before. */
  readonly privilege: Privilege | null
  /** `/etc/machine-id` seen at registration; part of "the right host". */
  readonly machineId: string | null
  /** Home directory of the login user, found when access was tested; null before. Absolute. */
  readonly home: string | null
  /** Grows with every change of how it is reached, its secret among them: whoever holds a connection made before asks for a new one. */
  readonly accessRevision: number
}
