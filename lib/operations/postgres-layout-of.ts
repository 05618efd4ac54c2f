import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { Profile } from '@/lib/profiles/schema'

/** Where a host's PostgreSQL is, from what was found and the profile; null where the host could not be asked. */
export function postgresLayoutOf(
  host: HostFacts,
  { postgres }: Pick<Profile, 'postgres'>,
): PostgresLayout | null {
  const [server, data, machine] = [answerOf(host.server), answerOf(host.data), answerOf(host.machine)]
  if (!server || !data || !machine) return null
  const { versionNum, systemIdentifier, dataDirectory, configFile, hbaFile, walSegmentBytes } = server
  return {
    versionNum,
    systemIdentifier,
    dataDirectory,
    configFile,
    hbaFile,
    walSegmentBytes,
    binDirectory: data.binDirectory,
    unit: machine.hasSystemd && machine.postgresUnit?.loadState === 'loaded' ? postgres.unit : null,
    startConf: data.startConf,
    osUser: postgres.osUser,
    port: Number(server.settings.port?.setting ?? postgres.port),
    socketDirectory: postgres.socketDirectory,
  }
}
