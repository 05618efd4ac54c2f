import type { LabHost } from '@/lab/lab-host'
import type { AuthKind, Host, Privilege } from '@/lib/domain/host'
import { openSession } from '@/lib/io/postgres/open-session'
import { DoorPool } from '@/lib/io/ssh/door-pool'
import type { HostSecret } from '@/lib/ports/store'

const privilegeOf = { root: 'root', operator: 'sudo', plain: 'unprivileged' } as const satisfies Record<
  string,
  Privilege
>
export type LabUser = keyof typeof privilegeOf

/** A lab host as the store would hold it once it was registered. */
export function registered(
  host: LabHost,
  { user = 'root', authKind = 'key', ...more }: Partial<Host> & { user?: LabUser; authKind?: AuthKind } = {},
): Host {
  return {
    id: `${host.name}-${user}-${authKind}`,
    name: host.name,
    address: host.address,
    port: host.port,
    user,
    authKind,
    hostKeyFingerprint: host.hostKeyFingerprint,
    hostKey: host.hostKey,
    privilege: privilegeOf[user],
    machineId: null,
    home: null,
    accessRevision: 1,
    ...more,
  }
}

/** The lab's key and the user's password. */
export function secretOf(host: LabHost, user: LabUser = 'root'): HostSecret {
  return { privateKey: host.privateKey, passphrase: null, password: host.passwords[user] ?? null }
}

/** Doors to lab hosts, with the same secret for each unless it is replaced. */
export function labDoors(secret: HostSecret, agentSocket: string | null = null): DoorPool {
  return new DoorPool({ readSecret: async () => secret, openSession, agentSocket })
}
