import { route } from '@/app/_server/route-adapter'
import { planPromote } from '@/lib/services/promote/plan-promote'

export const POST = route((context, { params }) => planPromote(context, params))
