import type { PairView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'
import { buildPairView, compareByNeed } from '@/lib/services/views/pair-view'
import { readPairRecord } from '@/lib/services/views/read-pair-record'

/** Every pair as it stands, those that need somebody first. */
export async function listPairs(context: ServiceContext): Promise<readonly PairView[]> {
  await requireRole(context, 'viewer', 'pair.list')
  const pairs = await context.store.pairs.list()
  const records = await Promise.all(pairs.map((pair) => readPairRecord(context, pair)))
  const now = context.clock.now()
  return records.map((record) => buildPairView(record, context.actor.role, now)).sort(compareByNeed)
}
