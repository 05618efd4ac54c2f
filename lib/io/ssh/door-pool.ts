import type { Host, HostId } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import type { Access } from '@/lib/io/ssh/access'
import { Door } from '@/lib/io/ssh/door'
import { KeptConnection } from '@/lib/io/ssh/kept-connection'
import type { Doors, KeptDoor, OpenDatabaseSession } from '@/lib/ports/host-door'
import type { HostSecret } from '@/lib/ports/store'
import { type Clock, systemClock } from '@/lib/time'

export type DoorPoolOptions = {
  readonly readSecret: (hostId: HostId) => Promise<HostSecret>
  readonly openSession: OpenDatabaseSession
  /** SSH_AUTH_SOCK of the dashboard's process, null when there is no agent. */
  readonly agentSocket: string | null
  readonly clock?: Clock
}

type Entry = {
  readonly fingerprint: string
  readonly revision: number
  readonly connection: KeptConnection
  readonly door: Door
}

/** Whatever, when changed, makes an open connection the wrong one. */
const accessOf = (host: Host): string =>
  JSON.stringify([
    host.name,
    host.address,
    host.port,
    host.user,
    host.authKind,
    host.hostKey,
    host.privilege,
    host.machineId,
    // Its secret stands in no field of a host.
    host.accessRevision,
  ])

/** One kept connection a host, for a whole process. */
export class DoorPool implements Doors {
  readonly #options: DoorPoolOptions
  readonly #entries = new Map<HostId, Entry>()
  #isClosed = false

  constructor(options: DoorPoolOptions) {
    this.#options = options
  }

  door(host: Host): KeptDoor {
    if (this.#isClosed) throw new AppError('CANCELLED', 'The dashboard is stopping.')
    const fingerprint = accessOf(host)
    const known = this.#entries.get(host.id)
    if (known?.fingerprint === fingerprint) return known.door
    // Whoever read the host before its access changed does not take everybody back to what it was.
    if (known && host.accessRevision < known.revision) return known.door
    known?.connection.close()
    const entry = this.#open(host, fingerprint)
    this.#entries.set(host.id, entry)
    return entry.door
  }

  drop(hostId: HostId): void {
    this.#entries.get(hostId)?.connection.close()
    this.#entries.delete(hostId)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const id of [...this.#entries.keys()]) this.drop(id)
  }

  #open(host: Host, fingerprint: string): Entry {
    const { readSecret, openSession, agentSocket, clock } = this.#options
    const readAccess = async (): Promise<Access> => ({
      ...host,
      secret: await readSecret(host.id),
      agentSocket,
    })
    const connection = new KeptConnection(host, readAccess, clock ?? systemClock)
    const identity = {
      hostId: host.id,
      hostName: host.name,
      address: host.address,
      user: host.user,
      // A host is registered with the privilege that its test found; without one only the user's own rights are assumed.
      privilege: host.privilege ?? 'unprivileged',
    }
    return {
      fingerprint,
      revision: host.accessRevision,
      connection,
      door: new Door(identity, connection, openSession),
    }
  }
}
