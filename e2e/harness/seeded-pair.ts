import { join } from 'node:path'
import type { Pair } from '@/lib/domain/pair'
import { readMasterKey } from '@/lib/io/secrets/master-key'
import { openStore } from '@/lib/io/store/open-store'
import { embeddedConnectionString } from '@/lib/runtime/embedded-postgres/socket-directory'
import { systemClock } from '@/lib/time'
import type { Dashboard } from '@/test/harness/dashboard'
import { newHost, newPair } from '@/test/harness/store-fixtures'

/** Puts a pair into the dashboard's store whose hosts are addresses where nobody answers; returns its name. */
export async function seedPair(
  dashboard: Dashboard,
  slug: string,
  over: Partial<Pair> = {},
  ofHosts: Parameters<typeof newHost>[0] = {},
): Promise<string> {
  const store = openStore({
    connectionString: embeddedConnectionString(dashboard.dataDirectory),
    keyring: await readMasterKey(join(dashboard.dataDirectory, 'master.key')),
    clock: systemClock,
  })
  try {
    const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`
    const nobody = (name: string, address: string) =>
      store.hosts.insert(newHost({ name, address, port: 1, hostKey, ...ofHosts }))
    const [primary, standby] = [await nobody('alpha', '127.0.0.21'), await nobody('beta', '127.0.0.22')]
    return (await store.pairs.insert(newPair(primary, standby, { slug, isPaired: true, ...over }))).slug
  } finally {
    await store.close()
  }
}
