import { join } from 'node:path'
import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Pair } from '@/lib/domain/pair'
import { readMasterKey } from '@/lib/io/secrets/master-key'
import { type OpenStore, openStore } from '@/lib/io/store/open-store'
import { embeddedConnectionString } from '@/lib/runtime/embedded-postgres/socket-directory'
import { systemClock } from '@/lib/time'
import type { Dashboard } from '@/test/harness/dashboard'
import { newHost, newPair } from '@/test/harness/store-fixtures'

async function withStore<T>(dashboard: Dashboard, body: (store: OpenStore) => Promise<T>): Promise<T> {
  const store = openStore({
    connectionString: embeddedConnectionString(dashboard.dataDirectory),
    keyring: await readMasterKey(join(dashboard.dataDirectory, 'master.key')),
    clock: systemClock,
  })
  try {
    return await body(store)
  } finally {
    await store.close()
  }
}

/** Puts a pair into the dashboard's store whose hosts are addresses where nobody answers; returns its name. */
export function seedPair(
  dashboard: Dashboard,
  slug: string,
  over: Partial<Pair> = {},
  ofHosts: Parameters<typeof newHost>[0] = {},
): Promise<string> {
  return withStore(dashboard, async (store) => {
    const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`
    const nobody = (name: string, address: string) =>
      store.hosts.insert(newHost({ name, address, port: 1, hostKey, ...ofHosts }))
    const [primary, standby] = [await nobody('alpha', '127.0.0.21'), await nobody('beta', '127.0.0.22')]
    return (await store.pairs.insert(newPair(primary, standby, { slug, isPaired: true, ...over }))).slug
  })
}

/** The lab's hosts as a pair that was made before, signed in to as `operator` with the lab's passwords. */
export function seedLabPair(dashboard: Dashboard, lab: Lab, slug: string): Promise<void> {
  return withStore(dashboard, async (store) => {
    const register = async (host: LabHost) => {
      const { name, address, port, hostKey, hostKeyFingerprint, passwords } = host
      const login = {
        user: 'operator',
        authKind: 'password',
        privilege: 'sudo',
        home: '/home/operator',
      } as const
      const secret = { privateKey: null, passphrase: null, password: passwords.operator ?? null }
      const machineId = await host.exec('cat /etc/machine-id')
      return store.hosts.insert({
        name,
        address,
        port,
        hostKey,
        hostKeyFingerprint,
        machineId,
        ...login,
        secret,
      })
    }
    const [primary, standby] = [await register(lab.host(0)), await register(lab.host(1))]
    await store.pairs.insert(newPair(primary, standby, { slug, isPaired: true }))
  })
}
