import { z } from 'zod'
import { viewSchedule } from '@/lib/domain/drill-schedule'
import { parseInput } from '@/lib/domain/parse-input'
import type { DrillsView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const listDrillsInput = z.object({
  slug: z.string().min(1),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})

/** What drills of a pair have shown, the latest first, and when they begin by themselves. Throws NOT_FOUND. */
export async function listDrills(context: ServiceContext, given: unknown): Promise<DrillsView> {
  await requireRole(context, 'viewer', 'drill.list')
  const { slug, limit } = parseInput(listDrillsInput, given)
  const { store, clock } = context
  const { id, drillSchedule } = await findPair(store, slug)
  const drills = await store.drills.listOfPair(id, limit)
  if (!drillSchedule) return { drills, schedule: null }
  const { options, by } = drillSchedule
  return { drills, schedule: { ...viewSchedule(drillSchedule, clock.now().getTime()), options, by } }
}
