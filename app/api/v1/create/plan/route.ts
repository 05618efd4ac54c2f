import { answerPlan } from '@/app/_server/answer-plan'
import { route } from '@/app/_server/route-adapter'
import { planCreate } from '@/lib/services/create/plan-create'

export const POST = route(async (context, given) =>
  answerPlan(context, given, String(given.body.slug), await planCreate(context, given.body)),
)
