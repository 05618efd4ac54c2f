import { answerPlan } from '@/app/_server/answer-plan'
import { route } from '@/app/_server/route-adapter'
import { planFence } from '@/lib/services/fence/plan-fence'

export const POST = route(async (context, given) =>
  answerPlan(context, given, String(given.params.slug), await planFence(context, given.params)),
)
