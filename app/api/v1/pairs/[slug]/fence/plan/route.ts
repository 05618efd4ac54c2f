import { route } from '@/app/_server/route-adapter'
import { planFence } from '@/lib/services/fence/plan-fence'

export const POST = route((context, { params }) => planFence(context, params))
