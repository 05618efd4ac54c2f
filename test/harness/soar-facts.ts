import type { Host } from '@/lib/domain/host'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { labWorlds } from '@/test/harness/lab-worlds'
import { hostFactsOf, serverFacts, withSettings } from '@/test/harness/operation-facts'

const seen = <T>(value: T) => ({ seen: true as const, value })
const refused = {
  seen: false as const,
  why: { code: 'HOST_SUDO_REFUSED', message: 'The user phantom may not act as root.', fix: 'x' },
}
const dataDirectory = '/opt/phantom/data/db'

export const soarProfile = labWorlds['soar-unprivileged'].profile

/** A host whose login user may become nobody else. */
export const soarHost = (name: string, address: string): Host => ({
  id: `id-${name}`,
  name,
  address,
  port: 22,
  user: 'phantom',
  authKind: 'key',
  hostKey: 'ssh-ed25519 AAAA',
  hostKeyFingerprint: 'SHA256:x',
  privilege: 'unprivileged',
  machineId: null,
  home: '/home/phantom',
  accessRevision: 1,
})

/** Facts of a sound host of the layout `soar-unprivileged`, as the lab's hosts answer. */
export function soarFactsOf(which: 'alpha' | 'beta', over: Partial<HostFacts> = {}): HostFacts {
  const debian = hostFactsOf(which)
  const [machine, data, server] = [answerOf(debian.machine), answerOf(debian.data), answerOf(debian.server)]
  if (!machine || !data || !server) throw new Error('the facts of a sound host are not whole')
  const [place] = answerOf(debian.paths) ?? []
  if (!place) throw new Error('the facts of a sound host have no path')
  const paths = [dataDirectory, ...soarProfile.directories.map(({ path }) => path)]
  return {
    ...debian,
    user: 'phantom',
    isUnprivileged: true,
    asRoot: refused,
    machine: seen({ ...machine, applicationUnit: null }),
    server: seen(
      withSettings(
        serverFacts({
          systemIdentifier: server.systemIdentifier,
          dataDirectory,
          configFile: `${dataDirectory}/postgresql.conf`,
          hbaFile: `${dataDirectory}/pg_hba.conf`,
        }),
        { unix_socket_directories: '/tmp, /run/other' },
      ),
    ),
    data: seen({ ...data, startConf: null, owner: 'phantom', unit: null, serverLog: null }),
    paths: seen(paths.map((path) => ({ ...place, path, uid: 1000, gid: 1000 }))),
    bootLines: ['@reboot /opt/phantom/bin/start_phantom.sh'],
    applicationHealthy: true,
    ...over,
  }
}
