import { buildRunbook } from '@/lib/domain/operation-report'
import type { PlanView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findHosts } from '@/lib/services/find-or-throw'

/** A plan as a runbook in Markdown, under a name that says what it is. Throws NOT_FOUND. */
export async function runbookOf(
  { store }: Pick<ServiceContext, 'store'>,
  { plan }: PlanView,
  pairSlug: string,
): Promise<{ fileName: string; markdown: string }> {
  const { primary, standby } = await findHosts(store, plan.hosts)
  const names = { primary: primary.name, standby: standby.name }
  return {
    fileName: `${plan.kind}-${pairSlug}-runbook.md`,
    markdown: buildRunbook(plan, pairSlug, names),
  }
}
