import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'

/** Which hosts are up and where the application writes: on the first, until a promotion of a pair says else. */
export function describeHosts(
  hosts: readonly Pick<Host, 'id' | 'name' | 'address'>[],
  pairs: readonly Pick<Pair, 'slug' | 'hosts' | 'isPaired'>[],
): string {
  const told = hosts.map(({ id, name, address }, index) => {
    const pair = pairs.find(({ isPaired, hosts: { primary } }) => isPaired && primary === id)
    if (pair) return `${name} at ${address}, the primary of ${pair.slug}`
    const isOfPair = pairs.some(({ isPaired, hosts: { standby } }) => isPaired && standby === id)
    return index === 0 && !isOfPair
      ? `${name} at ${address}, where the application writes`
      : `${name} at ${address}`
  })
  return `Two real hosts are up: ${told.join(', and ')}.`
}
