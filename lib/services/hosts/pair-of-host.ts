import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import type { Repositories } from '@/lib/ports/store'

/** The pair that a host is in, in either role. */
export async function findPairOf({ pairs }: Pick<Repositories, 'pairs'>, { id }: Host): Promise<Pair | null> {
  const found = (await pairs.list()).find(({ hosts }) => hosts.primary === id || hosts.standby === id)
  return found ?? null
}
