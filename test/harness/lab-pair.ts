import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Host } from '@/lib/domain/host'
import type { Operation } from '@/lib/domain/operation'
import type { Pair } from '@/lib/domain/pair'
import { openSession } from '@/lib/io/postgres/open-session'
import { scramVerifier } from '@/lib/io/secrets/scram-verifier'
import { DoorPool } from '@/lib/io/ssh/door-pool'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import type { HostSecret, PairRepository } from '@/lib/ports/store'
import { systemClock } from '@/lib/time'
import { memoryDrills } from '@/test/harness/drills'
import { endedOperations } from '@/test/harness/ended-operations'
import { labWorlds, worldOf } from '@/test/harness/lab-worlds'

/** The profile of the lab's privileged layout. */
export const labProfile = labWorlds.debian.profile

async function register(host: LabHost, user: string): Promise<Host> {
  return {
    id: `id-${host.name}`,
    name: host.name,
    address: host.address,
    port: host.port,
    user,
    authKind: 'key',
    hostKey: host.hostKey,
    hostKeyFingerprint: host.hostKeyFingerprint,
    privilege: user === 'root' ? 'root' : worldOf(host).privilege,
    home: await host.exec(`getent passwd ${user} | cut -d: -f6`),
    machineId: await host.exec('cat /etc/machine-id'),
    accessRevision: 1,
  }
}

/** The one pair of a test, with what the store would keep of it. */
export class MemoryPair implements Pick<PairRepository, 'find' | 'update' | 'secret' | 'setSecret'> {
  readonly #secrets = new Map<string, string>()
  constructor(public current: Pair) {}

  async find(id: string) {
    return id === this.current.id ? this.current : null
  }
  async update(_id: string, change: Parameters<PairRepository['update']>[1]) {
    this.current = { ...this.current, ...change }
  }
  async secret(_id: string, name: string) {
    return this.#secrets.get(name) ?? null
  }
  async setSecret(_id: string, name: string, value: string) {
    this.#secrets.set(name, value)
  }
}

/** Two hosts of a lab as the dashboard knows them: registered, with doors, and a pair that is not made yet. */
export async function openLabPair(
  lab: Lab,
  { user = worldOf(lab.host(0)).user, indexes = { primary: 0, standby: 1 } } = {},
) {
  const { profile, slug } = worldOf(lab.host(0))
  const machines = { primary: lab.host(indexes.primary), standby: lab.host(indexes.standby) }
  const [primary, standby] = [await register(machines.primary, user), await register(machines.standby, user)]
  const secret: HostSecret = { privateKey: lab.host(0).privateKey, passphrase: null, password: null }
  const doors = new DoorPool({ readSecret: async () => secret, openSession, agentSocket: null })
  const pairs = new MemoryPair({
    id: 'pair-1',
    slug,
    profileId: profile.id,
    scope: { database: true, files: false },
    settings: { walKeepSegments: 32, directories: [...profile.directories] },
    hosts: { primary: primary.id, standby: standby.id },
    isPaired: false,
    formerPrimary: 'none',
  })
  const ports: OperationPorts = {
    doors,
    hosts: { find: async (id) => [primary, standby].find((host) => host.id === id) ?? null },
    pairs,
    operations: endedOperations,
    drills: memoryDrills(),
    dashboard: { identity: async () => 'dashboard-of-the-test', machine: 'test' },
    profile: () => profile,
    makePassword: () => crypto.randomUUID().replaceAll('-', ''),
    scramVerifier,
    clock: systemClock,
  }
  /** What was planned for the pair, the latest first. */
  const operations: Operation[] = []
  const hosts = { primary, standby }
  return { machines, profile, hosts, doors, pairs, ports, operations, close: () => doors.close() }
}

export type LabPair = Awaited<ReturnType<typeof openLabPair>>
