import type { Lab } from '@/lab/lab'
import { worldOf } from '@/test/harness/lab-worlds'
import { groundOfHost } from '@/test/matrix/grounds'
import { planning, requireThat, type Scenario, verifyTraces } from '@/test/matrix/scenario'

const newest = 'asked-for-now'

/** A file that is on the primary alone, written anew each time. */
async function writeNewest(lab: Lab): Promise<void> {
  const primary = lab.host(0)
  const { access, places } = groundOfHost(primary)
  const user = places.keeper === 'root' ? {} : { user: access.user }
  await primary.exec(`echo ${crypto.randomUUID()} >${worldOf(primary).vault}/${newest}`, user)
}

async function verifyNewest(lab: Lab): Promise<void> {
  const [written, copied] = await Promise.all(
    lab.hosts.map((host) => host.exec(`cat ${worldOf(host).vault}/${newest}`)),
  )
  requireThat(written === copied, `the standby has “${copied}”, the primary wrote “${written}”`)
}

const sync: Scenario = {
  name: 'sync',
  kind: 'sync',
  world: 'paired',
  prepare: writeNewest,
  plan: planning(() => ({ operation: 'sync', options: { directories: [] } })),
  verifyDone: verifyNewest,
  verifyUndone: verifyTraces,
}

export const syncScenarios: readonly Scenario[] = [
  sync,
  { ...sync, name: 'sync, files alone', world: 'paired-files' },
]
