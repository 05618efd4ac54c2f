import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import type { PairView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findPair } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'
import { buildPairView } from '@/lib/services/views/pair-view'
import { readPairRecord } from '@/lib/services/views/read-pair-record'

const readPairInput = z.object({ slug: z.string().min(1) })

/** One pair as it stands. Throws NOT_FOUND. */
export async function readPair(context: ServiceContext, input: unknown): Promise<PairView> {
  await requireRole(context, 'viewer', 'pair.read')
  const { slug } = parseInput(readPairInput, input)
  const pair = await findPair(context.store, slug)
  return buildPairView(await readPairRecord(context, pair), context.actor.role, context.clock.now())
}
