import { defaultDatabaseOwner } from '@/lib/commands/remote-shell'
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
  /** With the access that the connection was made with. */
  readonly host: Host
  readonly connection: KeptConnection
  /** One for each user whose PostgreSQL is asked there, all on the one connection. */
  readonly doors: Map<string, Door>
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

  door(host: Host, databaseOwner: string = defaultDatabaseOwner): KeptDoor {
    if (this.#isClosed) throw new AppError('CANCELLED', 'The dashboard is stopping.')
    const entry = this.#entryOf(host)
    const door = entry.doors.get(databaseOwner) ?? this.#makeDoor(entry, databaseOwner)
    entry.doors.set(databaseOwner, door)
    return door
  }

  #entryOf(host: Host): Entry {
    const fingerprint = accessOf(host)
    const known = this.#entries.get(host.id)
    if (known?.fingerprint === fingerprint) return known
    // Whoever read the host before its access changed does not take everybody back to what it was.
    if (known && host.accessRevision < known.host.accessRevision) return known
    known?.connection.close()
    const entry = { fingerprint, host, connection: this.#connect(host), doors: new Map<string, Door>() }
    this.#entries.set(host.id, entry)
    return entry
  }

  drop(hostId: HostId): void {
    this.#entries.get(hostId)?.connection.close()
    this.#entries.delete(hostId)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const id of [...this.#entries.keys()]) this.drop(id)
  }

  #connect(host: Host): KeptConnection {
    const { readSecret, agentSocket, clock } = this.#options
    const readAccess = async (): Promise<Access> => ({
      ...host,
      secret: await readSecret(host.id),
      agentSocket,
    })
    return new KeptConnection(host, readAccess, clock ?? systemClock)
  }

  #makeDoor({ host, connection }: Entry, databaseOwner: string): Door {
    const identity = {
      hostId: host.id,
      hostName: host.name,
      address: host.address,
      user: host.user,
      // A host is registered with the privilege that its test found; without one only the user's own rights are assumed.
      privilege: host.privilege ?? 'unprivileged',
      databaseOwner,
    }
    return new Door(identity, connection, this.#options.openSession)
  }
}
