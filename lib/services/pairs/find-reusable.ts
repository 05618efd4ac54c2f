import type { Pair } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { Repositories } from '@/lib/ports/store'

/**
 * The pair of that name, where it is none any more: its create was undone or never ended, or it was taken apart. Null where the name is free. Throws
 * CONFLICT where the name is taken, PRECONDITION_FAILED while a host still has what an earlier pair of that name put there.
 */
export async function findReusable(
  { pairs }: Pick<Repositories, 'pairs'>,
  { slug, profileId }: Pick<Pair, 'slug' | 'profileId'>,
): Promise<Pair | null> {
  const known = await pairs.findBySlug(slug)
  if (!known) return null
  if (known.isPaired || known.profileId !== profileId)
    throw new AppError('CONFLICT', `There is a pair “${slug}” already.`, {
      fix: 'Choose another name.',
      fields: { slug: 'This name is taken.' },
    })
  if (known.owed)
    throw new AppError(
      'PRECONDITION_FAILED',
      'A host that was away when the pair was taken apart still has what the pair put there.',
      {
        fix: 'It is cleaned as soon as it answers. If it never will, forget the pair on its page, then create it anew.',
      },
    )
  return known
}
