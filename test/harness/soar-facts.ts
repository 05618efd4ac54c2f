import type { Host } from '@/lib/domain/host'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { labWorlds } from '@/test/harness/lab-worlds'
import { hostFactsOf, serverFacts, withSettings } from '@/test/harness/operation-facts'
import { hostParityOf, parityFactsOf, serverParityOf } from '@/test/harness/parity-facts'

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

const phantom = { users: [{ name: 'phantom', id: 1000 }], groups: [{ name: 'phantom', id: 1000 }] }
const soarServer = {
  inFiles: { ...serverParityOf().inFiles, unix_socket_directories: '/tmp, /run/other' },
}

/** Two such hosts that suit each other. */
export const soarParity = parityFactsOf({
  primary: hostParityOf({}, soarServer),
  standby: hostParityOf({}, soarServer),
  owners: { primary: seen(phantom), standby: seen(phantom) },
})

/** Facts of a sound host of the layout `soar-unprivileged`, as the lab's hosts answer. */
export function soarFactsOf(which: 'alpha' | 'beta', over: Partial<HostFacts> = {}): HostFacts {
  const debian = hostFactsOf(which)
  const [machine, data, server] = [answerOf(debian.machine), answerOf(debian.data), answerOf(debian.server)]
  if (!machine || !data || !server) throw new Error('the facts of a sound host are not whole')
  const [place] = answerOf(debian.paths) ?? []
  if (!place) throw new Error('the facts of a sound host have no path')
  const paths = [dataDirectory, `${dataDirectory}/pg_wal`, ...soarProfile.directories.map(({ path }) => path)]
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
          userDatabases: which === 'alpha' ? [{ name: 'phantom', bytes: 8_000_000 }] : [],
        }),
        { unix_socket_directories: '/tmp, /run/other' },
      ),
    ),
    data: seen({
      ...data,
      ...{ startConf: null, owner: 'phantom', unit: null, unitEnabled: '', serverLog: null },
      walDirectory: `${dataDirectory}/pg_wal`,
    }),
    paths: seen(
      paths.map((path) => ({ ...place, path, uid: 1000, gid: 1000, owners: [{ uid: 1000, gid: 1000 }] })),
    ),
    bootLines: ['@reboot /opt/phantom/bin/start_phantom.sh'],
    applicationHealthy: true,
    ...over,
  }
}
