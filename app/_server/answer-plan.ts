import { markdownResponse } from '@/app/_server/markdown-response'
import type { Given } from '@/app/_server/route-adapter'
import type { PlanView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { runbookOf } from '@/lib/services/operations/runbook-of'

/** A plan as JSON; as a runbook where the request says `Accept: text/markdown`. */
export async function answerPlan(
  context: ServiceContext,
  { headers }: Given,
  pairSlug: string,
  view: PlanView,
): Promise<PlanView | Response> {
  const wanted = (headers.get('accept') ?? '').split(',').map((type) => type.split(';')[0]?.trim())
  return wanted.includes('text/markdown') ? markdownResponse(await runbookOf(context, view, pairSlug)) : view
}
