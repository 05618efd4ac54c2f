import { answerPlan } from '@/app/_server/answer-plan'
import { route } from '@/app/_server/route-adapter'
import { planPairOperation } from '@/lib/services/pair-operations/plan-pair-operation'

export const POST = route(async (context, given) => {
  const { body, params } = given
  const shown = await planPairOperation(context, { ...body, ...params })
  return answerPlan(context, given, String(params.slug), shown)
})
