import type { HostId } from '@/lib/domain/host'
import { openSession } from '@/lib/io/postgres/open-session'
import { createAccessProbe } from '@/lib/io/ssh/access-probe'
import { DoorPool } from '@/lib/io/ssh/door-pool'
import type { AccessProbe, Doors } from '@/lib/ports/host-door'
import type { HostSecret } from '@/lib/ports/store'

/** Where the doors get their secrets from. */
export type DoorsInput = {
  readonly readSecret: (hostId: HostId) => Promise<HostSecret>
  /** SSH_AUTH_SOCK, null when there is none. */
  readonly agentSocket: string | null
}

/** The doors of this process and the probe for hosts that aren't registered yet. Close the doors before the process ends. */
export function createDoors({ readSecret, agentSocket }: DoorsInput): { doors: Doors; access: AccessProbe } {
  return {
    doors: new DoorPool({ readSecret, openSession, agentSocket }),
    access: createAccessProbe(agentSocket),
  }
}
