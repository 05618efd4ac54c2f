import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Role } from '@/lib/domain/pair'
import { parseCopyingJobs } from '@/lib/facts/copying-jobs'
import { parseReplicationSurvey } from '@/lib/facts/replication-survey'
import { parseReplicationTools } from '@/lib/facts/replication-tools'
import type { ServerSurvey } from '@/lib/facts/server-survey'
import type { FoundFacts } from '@/lib/operations/adopt/facts'
import type { HostFacts } from '@/lib/operations/preflight/host-facts'
import { createFactsOf, hostFactsOf, primaryServer, serverFacts } from '@/test/harness/operation-facts'

/** Pairs that somebody else made, by what made them: recorded answers of their hosts. */
const foundKinds = ['pg-basebackup', 'by-hand', 'repmgr', 'seed-script', 'patroni'] as const
export type FoundKind = (typeof foundKinds)[number]

type Recorded = {
  readonly replication: Readonly<Record<Role, Readonly<Record<string, unknown>>>>
  readonly tools: Readonly<Record<Role, string>>
  readonly jobs: Readonly<Record<Role, string>>
}

const seen = <T>(value: T) => ({ seen: true as const, value })

const recordedPair = (kind: FoundKind): Recorded =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../recorded/adopt/${kind}.json`, import.meta.url)), 'utf8'))

/** What a server of such a pair answered about how it replicates. */
export const replicationOf = (kind: FoundKind, role: Role) => recordedPair(kind).replication[role]

/** A standby of `alpha` as it is surveyed: it holds the same cluster. */
export const standbyServer = (over: Partial<ServerSurvey> = {}): ServerSurvey =>
  serverFacts({ inRecovery: true, receiverStatus: 'streaming', receivedLsn: '0/3000060', ...over })

/** Facts of two hosts, `alpha` and `beta`, that replicate as somebody else set it up. */
export function foundFactsOf(
  kind: FoundKind,
  over: Partial<Record<Role, Partial<HostFacts>>> = {},
  more: Partial<FoundFacts> = {},
): FoundFacts {
  const { replication, tools, jobs } = recordedPair(kind)
  const each = <T>(read: (role: Role) => T) => ({
    primary: seen(read('primary')),
    standby: seen(read('standby')),
  })
  const senders = [{ applicationName: 'x', clientAddress: '10.7.0.12', state: 'streaming' }]
  return {
    ...createFactsOf({
      primary: hostFactsOf('alpha', { server: seen(primaryServer({ senders })), ...over.primary }),
      standby: hostFactsOf('beta', { server: seen(standbyServer()), ...over.standby }),
    }),
    replication: each((role) => parseReplicationSurvey([{ survey: replication[role] }])),
    tools: each((role) => parseReplicationTools(tools[role])),
    jobs: each((role) => parseCopyingJobs(jobs[role])),
    addresses: {},
    ...more,
  }
}
