import type { Plan } from '@/lib/domain/operation'
import { isBlocking } from '@/lib/domain/preflight'
import { directoryChanges } from '@/lib/domain/settings-change'
import { type ChangeGround, changeBasis } from '@/lib/operations/change-settings/basis'
import {
  changeSteps,
  changeStepsOfFiles,
  isWithDatabase,
} from '@/lib/operations/change-settings/change-steps'
import { nameOwner } from '@/lib/operations/name-owner'
import { changePreflight } from '@/lib/operations/preflight/change-preflight'

function warningsOf({ facts: { before, after }, hosts }: ChangeGround): readonly string[] {
  const { removed } = directoryChanges(before, after)
  const names = removed.map(({ title }) => title).join(', ')
  return [
    ...(removed.length > 0
      ? [
          `${names}: what was copied stays on ${hosts.standby.name} as it is, and grows old. After a promotion the application there has it so.`,
        ]
      : []),
    ...(before.settings.slotWalSegments != null && after.settings.slotWalSegments == null
      ? [`Without the slot WAL is kept for ${hosts.standby.name} by its amount alone.`]
      : []),
  ]
}

/** The plan of a change of settings. Without steps where a host could not be read, or what is chosen can't be: its failed checks say why. */
export function planChange(ground: ChangeGround, now: Date): Plan {
  const { operationId, pair, hosts, facts } = ground
  const basis = changeBasis(ground)
  const preflight = changePreflight(ground)
  const isRefused = isBlocking(preflight.filter(({ id }) => id === 'settings-changes'))
  const steps =
    !basis || isRefused ? [] : isWithDatabase(basis) ? changeSteps(basis) : changeStepsOfFiles(basis)
  return {
    operationId,
    kind: 'change-settings',
    pairId: pair.id,
    hosts: { primary: hosts.primary.id, standby: hosts.standby.id },
    madeAt: now.toISOString(),
    steps: steps.map(({ planned }) => (basis ? nameOwner(planned, basis.layouts) : planned)),
    preflight,
    warnings: [
      ...warningsOf(ground),
      ...preflight
        .filter(({ outcome }) => outcome === 'warn')
        .map(({ evidence, fix }) => `${evidence} ${fix}`),
    ],
    acknowledgement: '',
    facts,
  }
}
