import type { Host } from '@/lib/domain/host'
import { hostPlaces } from '@/lib/domain/host-places'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'

/** Where a host's PostgreSQL is, as the server and its process told; null where the host could not be asked. */
export function postgresLayoutOf(
  facts: HostFacts,
  host: Pick<Host, 'privilege' | 'user' | 'home'>,
): PostgresLayout | null {
  const [server, data] = [answerOf(facts.server), answerOf(facts.data)]
  if (!server || !data) return null
  const { versionNum, systemIdentifier, dataDirectory, configFile, hbaFile, walSegmentBytes } = server
  const { binDirectory, unit, startConf } = data
  const { keeper, state } = hostPlaces(host)
  const ownLog = keeper === 'login' ? `${state}/postgresql.log` : `${dataDirectory}/server.log`
  return {
    versionNum,
    systemIdentifier,
    dataDirectory,
    configFile,
    hbaFile,
    walSegmentBytes,
    binDirectory,
    unit,
    startConf,
    serverLog: data.serverLog ?? ownLog,
    osUser: data.owner,
    port: Number(server.settings.port?.setting),
    socketDirectory: server.settings.unix_socket_directories?.setting.split(',')[0]?.trim() ?? '',
  }
}
