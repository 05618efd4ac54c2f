import { formatBytes } from '@/lib/domain/format-bytes'
import type { Role } from '@/lib/domain/pair'
import type { FoundFact, FoundView } from '@/lib/domain/views'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { someonesData } from '@/lib/operations/preflight/standby-data'

type Read = (host: HostFacts) => string | null

const rows: readonly { id: string; title: string; read: Read }[] = [
  { id: 'system', title: 'Operating system', read: (host) => answerOf(host.machine)?.system ?? null },
  { id: 'postgres-version', title: 'PostgreSQL', read: (host) => answerOf(host.server)?.version ?? null },
  {
    id: 'postgres-role',
    title: 'Role',
    read: (host) => {
      const server = answerOf(host.server)
      return server && (server.inRecovery ? 'standby' : 'primary')
    },
  },
  {
    id: 'data-directory',
    title: 'Data directory',
    read: (host) => answerOf(host.server)?.dataDirectory ?? null,
  },
  {
    id: 'database-size',
    title: 'Size of all databases',
    read: (host) => {
      const server = answerOf(host.server)
      return server && formatBytes(server.databasesBytes)
    },
  },
  {
    id: 'data-held',
    title: 'Holds',
    read: (host) => {
      if (!host.server.seen || !host.data.seen) return null
      return someonesData(host).join('; ') || 'an empty server'
    },
  },
  {
    id: 'free-space',
    title: 'Free space for data',
    read: (host) => {
      const data = answerOf(host.server)?.dataDirectory
      const place = answerOf(host.paths)?.find(({ path }) => path === data)
      return place ? formatBytes(place.freeBytes) : null
    },
  },
  {
    id: 'application',
    title: 'Application',
    read: (host) => {
      const unit = answerOf(host.machine)?.applicationUnit
      if (unit) return `${unit.activeState}, ${unit.enabledState || 'not installed'}`
      if (host.applicationHealthy === null) return null
      return host.applicationHealthy ? 'healthy' : 'stopped, or not healthy'
    },
  },
  { id: 'rsync', title: 'rsync', read: (host) => answerOf(host.machine)?.rsyncVersion ?? null },
]

/** Why a host has no value: the first of its questions that was not answered. */
function whyOf(host: HostFacts): string {
  const unanswered = [host.machine, host.server, host.data, host.paths].find(({ seen }) => !seen)
  return unanswered && !unanswered.seen ? unanswered.why.message : ''
}

/** What the wizard shows of two hosts before anything is chosen. */
export function foundView(hosts: Readonly<Record<Role, HostFacts>>): FoundView {
  const facts = rows.map(({ id, title, read }): FoundFact => {
    const values = { primary: read(hosts.primary), standby: read(hosts.standby) }
    const silent = (['primary', 'standby'] as const).filter((role) => values[role] === null)
    return {
      id,
      title,
      values,
      note: silent
        .map((role) => whyOf(hosts[role]))
        .filter(Boolean)
        .join(' '),
    }
  })
  return { facts, isStandby: answerOf(hosts.standby.server)?.inRecovery === true }
}
