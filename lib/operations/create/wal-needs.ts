import { listenAlsoOn, listensOn } from '@/lib/commands/postgres-settings'
import type { PairSettings } from '@/lib/domain/pair'
import { slotLimitSetting, walKeepSetting } from '@/lib/domain/pair-names'
import type { ServerSurvey } from '@/lib/facts/server-survey'

/** A setting that takes effect at a restart only, and why it is wanted, in words. */
type RestartNeed = { readonly name: string; readonly value: string; readonly reason: string }

export type WalNeeds = {
  /** Settings that a reload puts into effect. */
  readonly reload: Readonly<Record<string, string>>
  /** Without these there is no standby. */
  readonly restart: readonly RestartNeed[]
  /** Worth a restart that is agreed to, and left out otherwise. */
  readonly worthwhile: readonly RestartNeed[]
}

/** Two for the base backup and its WAL, or one for the stream, and one for a connection that hangs. */
export const sendersNeeded = 3

/** The primary's WAL senders: how many there can be, and how many serve somebody. */
export function freeSenders({ settings, senders }: ServerSurvey) {
  const most = Number(settings.max_wal_senders?.setting ?? 0)
  return { most, used: senders.length, free: Math.max(0, most - senders.length) } as const
}

/** What has to be changed on the primary for its standby: one rule for the plan, its steps and the checks. */
export function walNeeds(
  server: ServerSurvey,
  address: string,
  { walKeepSegments, slotWalSegments }: Pick<PairSettings, 'walKeepSegments' | 'slotWalSegments'>,
): WalNeeds {
  const value = (name: string) => server.settings[name]?.setting ?? ''
  const hasSlot = slotWalSegments != null
  const keep = walKeepSetting(server.versionNum, walKeepSegments, server.walSegmentBytes)
  const limit = hasSlot ? [slotLimitSetting(slotWalSegments, server.walSegmentBytes)] : []
  const reload = [keep, ...limit].filter(({ name, number }) => Number(value(name)) !== number)
  const listens = value('listen_addresses')
  const { most, used, free } = freeSenders(server)
  const slotsMax = Number(value('max_replication_slots') || '10')
  const needs: readonly (RestartNeed & { readonly isNeeded: boolean })[] = [
    {
      name: 'wal_level',
      value: 'replica',
      reason: 'wal_level is minimal and must be replica',
      isNeeded: value('wal_level') === 'minimal',
    },
    {
      name: 'max_wal_senders',
      value: String(Math.max(10, used + 5)),
      reason: `max_wal_senders is ${most}${used > 0 ? `, ${used} of them in use,` : ''} and must be at least ${used + sendersNeeded}`,
      isNeeded: free < sendersNeeded,
    },
    {
      name: 'listen_addresses',
      value: listenAlsoOn(listens, address),
      reason: `listen_addresses is “${listens}” and must include ${address}`,
      isNeeded: !listensOn(listens, address),
    },
    {
      name: 'max_replication_slots',
      value: String(server.slots.length + 5),
      reason: `max_replication_slots is ${slotsMax} and all of them are used`,
      isNeeded: hasSlot && server.slots.length >= slotsMax,
    },
  ]
  const needsHints = value('data_checksums') === 'off' && value('wal_log_hints') === 'off'
  return {
    reload: Object.fromEntries(reload.map((setting) => [setting.name, setting.value])),
    restart: needs
      .filter(({ isNeeded }) => isNeeded)
      .map(({ name, value, reason }) => ({ name, value, reason })),
    worthwhile: needsHints
      ? [
          {
            name: 'wal_log_hints',
            value: 'on',
            reason: 'data checksums and wal_log_hints are off, so that pg_rewind can’t work',
          },
        ]
      : [],
  }
}
