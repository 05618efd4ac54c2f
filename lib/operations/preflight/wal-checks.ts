import { formatBytes } from '@/lib/domain/format-bytes'
import type { PairSettings } from '@/lib/domain/pair'
import { slotLimitSetting, slotLimitSince, slotName } from '@/lib/domain/pair-names'
import { majorVersion } from '@/lib/domain/postgres-layout'
import type { PreflightCheck } from '@/lib/domain/preflight'
import { walNeeds } from '@/lib/operations/create/wal-needs'
import { missing } from '@/lib/operations/preflight/access-checks'
import { pathOf, reserveBytes } from '@/lib/operations/preflight/disk-checks'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import { fail, notApplicable, type Outcome, pass, toCheck, warn } from '@/lib/operations/preflight/outcome'

export type WalGiven = {
  readonly slug: string
  readonly settings: Pick<PairSettings, 'walKeepSegments' | 'slotWalSegments'>
  readonly agreeRestart: boolean
}

/** WAL that is kept for a standby that is away, by setting or by slot, must fit on the primary too. */
export function walSpaceCheck(
  primary: HostFacts,
  { settings: { walKeepSegments, slotWalSegments } }: Pick<WalGiven, 'settings'>,
): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('wal-space', 'Space for WAL on the primary', 'primary', outcome)
  const server = answerOf(primary.server)
  if (!server) return make(missing(primary.server))
  // WAL can lie elsewhere than the data: a link, or a file system of its own.
  const directory = answerOf(primary.data)?.walDirectory || server.dataDirectory
  const place = pathOf(primary, directory)
  if (!place) return make(missing(primary.data, primary.paths))
  const slotBytes = (slotWalSegments ?? 0) * server.walSegmentBytes
  const keepBytes = Math.max(walKeepSegments * server.walSegmentBytes, slotBytes)
  const slot = slotBytes > 0 ? `, the slot holds back ${formatBytes(slotBytes)} at most` : ''
  const evidence = `${formatBytes(walKeepSegments * server.walSegmentBytes)} of WAL will be kept (${walKeepSegments} segments)${slot}, ${formatBytes(place.freeBytes)} free in ${directory}.`
  return make(
    place.freeBytes > keepBytes + reserveBytes
      ? pass(evidence)
      : fail(evidence, 'Keep fewer segments, or make room: a full disk stops the primary.'),
  )
}

/** The standby's own slot can be made, and what it holds back is limited: a slot without a limit fills the primary's disk. */
export function slotCheck(primary: HostFacts, { slug, settings }: WalGiven): PreflightCheck {
  const make = (outcome: Outcome) => toCheck('replication-slot', 'Replication slot', 'primary', outcome)
  const server = answerOf(primary.server)
  if (!server) return make(missing(primary.server))
  const name = slotName(slug)
  if (server.slots.includes(name))
    return make(
      fail(
        `There is a slot ${name} on ${primary.name} already.`,
        `If nobody uses it: select pg_drop_replication_slot('${name}');`,
      ),
    )
  const { slotWalSegments } = settings
  if (slotWalSegments == null)
    return make(notApplicable('None is wanted: WAL is kept for the standby by its amount alone.'))
  if (majorVersion(server.versionNum) < slotLimitSince)
    return make(
      fail(
        `PostgreSQL ${server.version} can’t limit what a slot holds back: a standby that stays away would fill the disk of ${primary.name}.`,
        `Leave the slot out and keep more WAL segments, or upgrade: the limit is there from ${slotLimitSince} on.`,
      ),
    )
  const limit = slotLimitSetting(slotWalSegments, server.walSegmentBytes)
  const before = Number(server.settings[limit.name]?.setting ?? -1)
  const evidence = `${name} may hold back ${formatBytes(slotWalSegments * server.walSegmentBytes)} of WAL at most.`
  if (server.slots.length > 0 && before !== limit.number)
    return make(
      warn(
        `${evidence} The limit holds for every slot of ${primary.name}: ${server.slots.join(', ')} ${before < 0 ? 'had none' : `had ${before} MB`}.`,
        'See that this is enough for those who use them.',
      ),
    )
  if (slotWalSegments < settings.walKeepSegments)
    return make(
      warn(
        `${evidence} That is less than the ${settings.walKeepSegments} segments that are kept anyway.`,
        'Give the slot a higher limit, or leave it out.',
      ),
    )
  return make(pass(evidence))
}

/** A restart that is needed is agreed to; one that is only worthwhile is left out otherwise, with what that costs. */
export function restartCheck(primary: HostFacts, { settings, agreeRestart }: WalGiven): PreflightCheck {
  const server = answerOf(primary.server)
  const make = (outcome: Outcome) =>
    toCheck('primary-restart', 'Restart of the primary’s PostgreSQL', 'primary', outcome)
  if (!server) return make(missing(primary.server))
  const { restart, worthwhile } = walNeeds(server, primary.address, settings)
  const all = [...restart, ...worthwhile]
  if (all.length === 0) return make(notApplicable('Nothing that is changed needs a restart.'))
  const reasons = all.map(({ reason }) => reason).join('; ')
  if (agreeRestart || restart.length > 0) {
    const evidence = `${reasons}. PostgreSQL on ${primary.name} must be restarted once: the application loses its connections for a few seconds.`
    return make(
      agreeRestart
        ? warn(evidence, 'You agreed to it; it happens early in the plan.')
        : fail(evidence, 'Agree to the restart, or change the settings yourself at a time that suits.'),
    )
  }
  return make(
    warn(
      `${reasons} on ${primary.name}.`,
      `Left as it is, this host can only be paired again after a promotion by a whole new copy. Agree to one restart of its PostgreSQL, and ${worthwhile.map(({ name, value }) => `${name} = ${value}`).join(', ')} is set.`,
    ),
  )
}
