import type { Finding, FoundReplication } from '@/lib/domain/adopt/found-replication'
import { isSameAddress } from '@/lib/domain/ip-address'
import { parseConninfo } from '@/lib/facts/conninfo-words'
import type { ReplicationSurvey } from '@/lib/facts/replication-survey'
import {
  type FoundGround,
  finding,
  type HostSeen,
  isHost,
  seenOf,
} from '@/lib/operations/adopt/recognise/ground'
import { answerOf } from '@/lib/operations/preflight/host-facts'

type Sender = ReplicationSurvey['senders'][number]

/** How the standby of the pair is connected to its primary, as both sides tell it. */
export type FoundStream = {
  readonly primary: HostSeen
  readonly standby: HostSeen
  /** The primary's WAL sender for this standby; null where none serves it. */
  readonly sender: Sender | null
  /** What the standby is told to follow by; empty where it is told nothing. */
  readonly conninfo: ReadonlyMap<string, string>
  /** The slot that the stream uses; null where it uses none. */
  readonly slot: string | null
  /** Both servers hold the same database cluster. */
  readonly isSameCluster: boolean
  /** The standby's receiver has its stream from this very primary. */
  readonly isFromPrimary: boolean
}

export function foundStream(ground: FoundGround): FoundStream {
  const [primary, standby] = [seenOf(ground, 'primary'), seenOf(ground, 'standby')]
  const sender =
    primary.replication?.senders.find(
      ({ clientAddress, state }) =>
        clientAddress !== null && isSameAddress(clientAddress, standby.host.address) && state !== 'backup',
    ) ?? null
  const receiver = standby.replication?.receiver ?? null
  const setting = standby.replication?.settings.primary_conninfo?.setting ?? ''
  const conninfo = parseConninfo(setting === '' ? (receiver?.conninfo ?? '') : setting)
  const slot =
    standby.replication?.settings.primary_slot_name?.setting || receiver?.slot || sender?.slot || null
  const [one, other] = [answerOf(primary.host.server), answerOf(standby.host.server)]
  return {
    primary,
    standby,
    sender,
    conninfo,
    slot,
    isSameCluster: one !== null && other !== null && one.systemIdentifier === other.systemIdentifier,
    isFromPrimary: receiver?.status === 'streaming' && isHost(ground.facts, receiver.host, primary.host),
  }
}

/** How the primary knows the stream, as the pair keeps it. */
export const streamOfPair = ({ sender, slot }: FoundStream): FoundReplication['stream'] =>
  sender && { applicationName: sender.applicationName, clientAddress: sender.clientAddress, slot }

/** Without a stream of its own, what is told is what the standby was told. */
const shownConninfo = (conninfo: ReadonlyMap<string, string>) =>
  [...conninfo].map(([name, value]) => `${name}=${value}`).join(' ')

function rolesFinding({ primary, standby }: FoundStream): Finding {
  const wordOf = ({ host, replication }: HostSeen) =>
    replication === null
      ? `${host.name} could not be asked`
      : `${host.name} ${replication.inRecovery ? 'is in recovery' : 'accepts writes'}`
  const evidence = [primary, standby].map(({ host, replication }) =>
    replication === null
      ? `${host.name}: no answer`
      : `${host.name}: pg_is_in_recovery() is ${replication.inRecovery}`,
  )
  return finding('roles', 'Roles', `${wordOf(primary)}; ${wordOf(standby)}.`, evidence)
}

function clusterFinding({ primary, standby, isSameCluster }: FoundStream): Finding {
  const servers = [primary, standby].map(({ host }) => ({ name: host.name, server: answerOf(host.server) }))
  const evidence = servers.map(({ name, server }) =>
    server
      ? `${name}: system identifier ${server.systemIdentifier}, timeline ${server.timeline}`
      : `${name}: no answer`,
  )
  const sentence = servers.some(({ server }) => server === null)
    ? 'Whether both hold the same database cluster could not be seen.'
    : isSameCluster
      ? `Both hold the same database cluster, on timeline ${servers[0]?.server?.timeline}.`
      : 'They hold different database clusters: they do not belong together.'
  return finding('same-cluster', 'Belong together', sentence, evidence)
}

function streamFinding(found: FoundStream): Finding {
  const { primary, standby, sender, slot, isFromPrimary, conninfo } = found
  const receiver = standby.replication?.receiver ?? null
  const evidence = [
    ...(sender
      ? [
          `${primary.host.name}: pg_stat_replication has ${sender.applicationName || 'no name'} from ${sender.clientAddress}, ${sender.state}, ${sender.syncState}, role ${sender.role}, ${sender.isTls ? 'TLS' : 'no TLS'}${sender.slot ? `, slot ${sender.slot}` : ''}`,
        ]
      : [`${primary.host.name}: pg_stat_replication has nobody from ${standby.host.address}`]),
    ...(receiver
      ? [
          `${standby.host.name}: pg_stat_wal_receiver is ${receiver.status} from ${receiver.host ?? 'an unknown host'}, port ${receiver.port ?? 'unknown'}`,
        ]
      : [`${standby.host.name}: no WAL receiver runs`]),
    ...(conninfo.size > 0
      ? [`${standby.host.name}: primary_conninfo is ${shownConninfo(conninfo)} (${fileOf(found)})`]
      : []),
  ]
  if (!sender && !isFromPrimary)
    return finding(
      'stream',
      'Stream',
      `${standby.host.name} does not stream from ${primary.host.name} now.`,
      evidence,
    )
  const how = [
    ...(sender ? [`as the role ${sender.role}`, sender.isTls ? 'over TLS' : 'without TLS'] : []),
    slot ? `by the slot ${slot}` : 'without a slot',
    ...(sender ? [sender.syncState === 'async' ? 'asynchronously' : `as ${sender.syncState}`] : []),
  ]
  return finding(
    'stream',
    'Stream',
    `${standby.host.name} streams from ${primary.host.name} ${how.join(', ')}.`,
    evidence,
  )
}

/** In which file the standby is told what it follows. */
const fileOf = ({ standby }: FoundStream): string =>
  standby.replication?.settings.primary_conninfo?.file ?? 'in no file'

function passwordFinding({ standby, conninfo }: FoundStream): Finding {
  const { host, tools } = standby
  const user = conninfo.get('user')
  const fits = (tools?.passwordLines ?? []).filter((line) => line.user === '*' || line.user === user)
  const title = 'Password of replication'
  if (conninfo.has('password'))
    return finding('password', title, 'It stands in primary_conninfo itself.', [
      `${host.name}: primary_conninfo has password=******** (${standby.replication?.settings.primary_conninfo?.file ?? 'no file'})`,
    ])
  const [line] = fits
  return line
    ? finding('password', title, `It stands in ${line.file}.`, [
        `${host.name}: ${line.file} has ${line.host}:${line.port}:${line.database}:${line.user}:********`,
      ])
    : finding(
        'password',
        title,
        'None was found: the primary lets the role in without one, or by a certificate.',
        [`${host.name}: no line of a password file fits ${user ?? 'the role'}`],
      )
}

/** Settings of the standby by which it follows otherwise than at once and over the stream alone. */
function otherwiseFinding({ standby, primary }: FoundStream): readonly Finding[] {
  const value = (name: string) => standby.replication?.settings[name]?.setting ?? ''
  const delay = value('recovery_min_apply_delay')
  const restore = value('restore_command')
  const sync = primary.replication?.settings.synchronous_standby_names?.setting ?? ''
  const lines = [
    ...(delay !== '' && delay !== '0'
      ? [
          {
            sentence: `it applies WAL ${delay} ms late`,
            at: `${standby.host.name}: recovery_min_apply_delay = ${delay}`,
          },
        ]
      : []),
    ...(restore !== ''
      ? [
          {
            sentence: 'it also reads WAL from an archive',
            at: `${standby.host.name}: restore_command is set`,
          },
        ]
      : []),
    ...(sync !== ''
      ? [
          {
            sentence: 'the primary waits for standbys at each commit',
            at: `${primary.host.name}: synchronous_standby_names = ${sync}`,
          },
        ]
      : []),
  ]
  if (lines.length === 0) return []
  const sentence = `${lines.map((line) => line.sentence).join('; ')}.`
  return [
    finding(
      'otherwise',
      'Otherwise than usual',
      sentence.slice(0, 1).toUpperCase() + sentence.slice(1),
      lines.map(({ at }) => at),
    ),
  ]
}

export const streamFindings = (found: FoundStream): readonly Finding[] => [
  rolesFinding(found),
  clusterFinding(found),
  streamFinding(found),
  ...(found.sender || found.isFromPrimary ? [passwordFinding(found)] : []),
  ...otherwiseFinding(found),
]
