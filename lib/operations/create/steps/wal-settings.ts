import type { CreateBasis } from '@/lib/operations/create/basis'
import type { CreateContext } from '@/lib/operations/create/context'
import { walNeeds } from '@/lib/operations/create/wal-needs'
import type { Step } from '@/lib/operations/engine/step'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { alterSettings } from '@/lib/operations/steps/alter-settings'

/** Settings that ALTER SYSTEM changes on the primary, and whether one of them takes effect at a restart only. */
export function walSettingsOf({ facts, hosts, input }: CreateBasis): {
  readonly values: Readonly<Record<string, string>>
  readonly needsRestart: boolean
} {
  const server = answerOf(facts.primary.server)
  if (!server) return { values: {}, needsRestart: false }
  const needs = walNeeds(server, hosts.primary.address, input.settings)
  const atRestart = [...needs.restart, ...(input.agreeRestart ? needs.worthwhile : [])]
  const values = { ...needs.reload, ...Object.fromEntries(atRestart.map(({ name, value }) => [name, value])) }
  return { values, needsRestart: atRestart.length > 0 }
}

/** WAL that is kept for a standby that is away, and what replication needs at all. */
export function walSettings(basis: CreateBasis): Step<CreateContext> {
  const { hosts, facts } = basis
  return alterSettings({
    id: 'wal-settings',
    title: `Set how much WAL ${hosts.primary.name} keeps`,
    role: 'primary',
    values: walSettingsOf(basis).values,
    before: answerOf(facts.primary.server)?.altered ?? {},
  })
}
