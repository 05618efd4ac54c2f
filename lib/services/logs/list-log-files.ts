import { z } from 'zod'
import { type PackageKind, packageLogName } from '@/lib/domain/packages'
import type { PairId } from '@/lib/domain/pair'
import { parseInput } from '@/lib/domain/parse-input'
import type { LogFileView } from '@/lib/domain/views'
import type { ServiceContext } from '@/lib/services/context'
import { findPair, findProfile } from '@/lib/services/find-or-throw'
import { logFilesOf } from '@/lib/services/logs/log-files'
import { requireRole } from '@/lib/services/require-role'

const listLogFilesInput = z.object({ slug: z.string().min(1) })

/** Operations of the pair that are looked through for packages. */
const operationsMax = 50

/** Which logs can be read. Throws NOT_FOUND. */
export async function listLogFiles(context: ServiceContext, input: unknown): Promise<readonly LogFileView[]> {
  await requireRole(context, 'viewer', 'log.list')
  const { slug } = parseInput(listLogFilesInput, input)
  const pair = await findPair(context.store, slug)
  const profile = findProfile(context, pair.profileId)
  return logFilesOf(pair, profile, pair.scope.packages === true ? await keptBy(context, pair.id) : undefined)
}

/** Of which kinds of packages the plans of the pair's operations have kept lists and logs. */
async function keptBy({ store }: ServiceContext, id: PairId): Promise<(kind: PackageKind) => boolean> {
  const operations = await store.operations.listOfPair(id, operationsMax)
  const logs = new Set(operations.flatMap(({ plan }) => plan.steps.flatMap(({ log }) => log ?? [])))
  return (kind) => logs.has(packageLogName(kind))
}
