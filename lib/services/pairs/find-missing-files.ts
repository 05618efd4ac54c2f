import { z } from 'zod'
import { roles } from '@/lib/domain/pair'
import { parseInput } from '@/lib/domain/parse-input'
import { type RowFiles, rowFilesSentences } from '@/lib/domain/row-files'
import { AppError } from '@/lib/errors'
import { lookForRowFiles } from '@/lib/operations/row-files/look-for-files'
import { look } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost, findPair, findProfile } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const findMissingFilesInput = z.object({
  slug: z.string().min(1),
  /** Whose database is asked, and whose files are looked for. */
  host: z.enum(roles).default('standby'),
  /** How long it may take; what was found by then is told. */
  seconds: z.coerce.number().int().min(1).max(600).default(60),
})

/**
 * Which files that rows of the database refer to one host of a pair lacks, by the queries of its profile: read only, on that host alone. Throws
 * NOT_FOUND where there is nothing to look for.
 */
export async function findMissingFiles(context: ServiceContext, given: unknown): Promise<RowFiles> {
  const action = 'pair.find-missing-files'
  await requireRole(context, 'operator', action)
  const { slug, host: role, seconds } = parseInput(findMissingFilesInput, given)
  const { store, doors, clock } = context
  const pair = await findPair(store, slug)
  const profile = findProfile(context, pair.profileId)
  const host = await findHost(store, pair.hosts[role])
  return look(
    context,
    { action, subject: slug },
    async () => {
      const door = doors.door(host, profile.postgres.osUser)
      const until = AbortSignal.timeout(seconds * 1_000)
      const found = await lookForRowFiles({ door, host, profile, pair, clock }, until)
      if (found) return found
      throw new AppError('NOT_FOUND', `Nothing says which files the rows of ${slug} refer to.`, {
        fix: `Add a query to the profile ${profile.id} (rowFiles, as in generic-debian), for a directory that the pair copies.`,
      })
    },
    (found) => rowFilesSentences(found).join(' ').slice(0, 1_000),
  )
}
