import type { PairId } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import type { Repositories } from '@/lib/ports/store'

/** What a pair is must not change under an operation on it. Throws PAIR_BUSY. */
export async function requireIdle(
  { operations }: Pick<Repositories, 'operations'>,
  id: PairId,
): Promise<void> {
  const holder = await operations.current(id)
  if (holder)
    throw new AppError('PAIR_BUSY', `This pair is held by ${holder.kind}, started by ${holder.startedBy}.`, {
      fix: 'Wait for its end, or open it to resume, undo or close it.',
    })
}
