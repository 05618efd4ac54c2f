import { headers } from 'next/headers'
import { contextOf } from '@/app/_server/context-of'
import type { PairView, SessionView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { getWebWiring } from '@/lib/runtime/web-wiring'
import { readPair } from '@/lib/services/pairs/read-pair'

/** The view that a pair's page begins with; null where there is none: the page then asks by itself and says why. */
export async function readFirstView(
  user: NonNullable<SessionView['user']>,
  slug: string,
): Promise<PairView | null> {
  const { ground } = await getWebWiring()
  try {
    return await readPair(contextOf(ground, user, await headers()), { slug })
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}
