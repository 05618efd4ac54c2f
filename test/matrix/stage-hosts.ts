import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Host } from '@/lib/domain/host'
import type { ServiceContext } from '@/lib/services/context'
import { installHostRights } from '@/lib/services/hosts/install-host-rights'
import type { LabDashboard } from '@/test/harness/lab-dashboard'
import type { Ground } from '@/test/matrix/grounds'

export async function registerHost(
  dashboard: LabDashboard,
  host: LabHost,
  { access }: Ground,
): Promise<Host> {
  return await dashboard.wiring.store.hosts.insert({
    name: host.name,
    address: host.address,
    port: host.port,
    ...access,
    authKind: 'key',
    hostKeyFingerprint: host.hostKeyFingerprint,
    hostKey: host.hostKey,
    machineId: await host.exec('cat /etc/machine-id'),
    secret: { privateKey: host.privateKey, passphrase: null, password: null },
  })
}

const rule = '/etc/sudoers.d/lab-operator'
/** Where the lab's own rule waits while it is not in force. */
const kept = '/root/lab-operator'

/** The login may do everything as root again, as whoever sets a host up may. */
export async function permitAll(lab: Lab, { access }: Ground): Promise<void> {
  if (access.privilege !== 'sudo') return
  for (const host of lab.hosts) await host.exec(`[ -e ${rule} ] || cp -p ${kept} ${rule}`)
}

/** The login may do as root what is written down for the pair as the store has it, and nothing else; without sudo it never could. */
export async function permitPairAlone(lab: Lab, context: ServiceContext, ground: Ground): Promise<void> {
  if (ground.access.privilege !== 'sudo') return
  await permitAll(lab, ground)
  for (const { id } of await context.store.hosts.list())
    await installHostRights(context, { hostId: id, slug: ground.slug })
  for (const host of lab.hosts) await host.exec(`mv -f ${rule} ${kept}`)
}
