import { copiedOf } from '@/lib/domain/settings-change'
import type { ChangeBasis, ChangeContext } from '@/lib/operations/change-settings/basis'
import { pairWith } from '@/lib/operations/change-settings/basis'
import { changeFileSteps } from '@/lib/operations/change-settings/change-file-steps'
import { recordSettings } from '@/lib/operations/change-settings/steps/record-settings'
import { removeSlot, streamBySlot } from '@/lib/operations/change-settings/steps/slot-steps'
import type { CreateBasis } from '@/lib/operations/create/basis'
import { hasDatabase } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { packageSteps } from '@/lib/operations/create/create-steps'
import { replicationSlot } from '@/lib/operations/create/steps/replication-slot'
import { walNeeds } from '@/lib/operations/create/wal-needs'
import type { Step } from '@/lib/operations/engine/step'
import { kitFiles } from '@/lib/operations/kit/kit-of'
import { breakGlassKit } from '@/lib/operations/kit/steps'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { alterSettings } from '@/lib/operations/steps/alter-settings'

/** WAL that is kept, by its amount and by the slot. Nothing of it needs a restart. */
function retentionSteps(basis: CreateBasis & ChangeBasis): readonly Step<CreateContext>[] {
  const { facts, hosts } = basis
  const { before, after } = facts
  const server = answerOf(facts.primary.server)
  const [had, has] = [before.settings.slotWalSegments != null, after.settings.slotWalSegments != null]
  const isOther =
    before.settings.walKeepSegments !== after.settings.walKeepSegments ||
    before.settings.slotWalSegments !== after.settings.slotWalSegments
  const values = server && isOther ? walNeeds(server, hosts.primary.address, after.settings).reload : {}
  const wanted = { ...basis, pair: pairWith(basis.pair, after, copiedOf(after)) }
  return [
    ...(Object.keys(values).length > 0
      ? [
          alterSettings<CreateContext>({
            id: 'wal-settings',
            title: `Set how much WAL ${hosts.primary.name} keeps`,
            role: 'primary',
            values,
            before: server?.altered ?? {},
          }),
        ]
      : []),
    ...(has && !had ? [replicationSlot(wanted), streamBySlot(wanted, true)] : []),
    ...(had && !has ? [streamBySlot(wanted, false), removeSlot(wanted)] : []),
  ]
}

/** What the kit stops changes with the directories. */
function kitSteps(basis: ChangeBasis): readonly Step<ChangeContext>[] {
  const { before, after } = basis.facts
  const [was, is] = [before, after].map((view) => ({
    ...basis,
    pair: pairWith(basis.pair, view, copiedOf(view)),
  }))
  if (!was || !is) return []
  const texts = [was, is].map((ground) => JSON.stringify(kitFiles(ground)))
  return texts[0] === texts[1] ? [] : [breakGlassKit<ChangeContext>(is, was)]
}

/** The steps where the pair has its database, in their order: on the hosts first, recorded last. */
export const changeSteps = (basis: CreateBasis & ChangeBasis): readonly Step<CreateContext>[] => [
  ...retentionSteps(basis),
  ...packageSteps(basis),
  ...changeFileSteps(basis),
  ...kitSteps(basis),
  recordSettings(basis),
]

/** The same where it leaves it out: neither host's PostgreSQL is asked or touched. */
export const changeStepsOfFiles = (basis: ChangeBasis): readonly Step<ChangeContext>[] => [
  ...packageSteps(basis),
  ...changeFileSteps(basis),
  ...kitSteps(basis),
  recordSettings(basis),
]

export const isWithDatabase = (basis: ChangeBasis): basis is CreateBasis & ChangeBasis => hasDatabase(basis)
