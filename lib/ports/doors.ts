import type { AuthKind, HostId, Privilege } from '@/lib/domain/host'
import type { HostDoor } from '@/lib/ports/host-door'
import type { HostSecret } from '@/lib/ports/store'

/** What a host shows before anything is sent to it. */
export type HostKeySeen = {
  /** `SHA256:…` as OpenSSH prints it. */
  readonly fingerprint: string
  /** As in known_hosts, without the host: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string
}

/** How to reach a host that may not be registered yet. */
export type HostAccess = {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly authKind: AuthKind
  readonly secret: HostSecret
  /** The confirmed key: any other one is refused before authentication (HOST_KEY_CHANGED). */
  readonly hostKey: string
}

/** What a first sign-in on a host showed. */
export type AccessFacts = {
  readonly hostname: string
  readonly machineId: string
  readonly privilege: Privilege
  /** `PRETTY_NAME` of os-release(5). */
  readonly operatingSystem: string
}

/** The doors of all hosts: one kept connection for each registered host in this process. */
export type HostDoors = {
  /**
   * Connects, takes the host key and hangs up before authentication: nothing of ours is sent. Throws HOST_UNREACHABLE,
   * HOST_PORT_REFUSED, HOST_TIMED_OUT, HOST_CONNECTION_LOST.
   */
  readHostKey(at: { address: string; port: number }, options: { timeoutMs: number }): Promise<HostKeySeen>
  /** Signs in on a connection of its own, reads the facts and hangs up. Throws HOST_* (HOST_AUTH_FAILED, HOST_KEY_CHANGED …). */
  probe(access: HostAccess, options: { timeoutMs: number }): Promise<AccessFacts>
  /** The door of a registered host; connects at first use. Throws NOT_FOUND. */
  open(hostId: HostId): Promise<HostDoor>
  /** Closes the kept connection: the host was removed, or its key or secret has changed. */
  forget(hostId: HostId): Promise<void>
}
