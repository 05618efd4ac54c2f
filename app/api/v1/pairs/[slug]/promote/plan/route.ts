import { answerPlan } from '@/app/_server/answer-plan'
import { route } from '@/app/_server/route-adapter'
import { planPromote } from '@/lib/services/promote/plan-promote'

export const POST = route(async (context, given) =>
  answerPlan(context, given, String(given.params.slug), await planPromote(context, given.params)),
)
