import type { Pair } from '@/lib/domain/pair'
import type { Profile } from '@/lib/profiles/schema'

/** Which packages the pair keeps; null where it leaves them out, or its profile names none. */
export function keptPackages(
  { scope }: Pick<Pair, 'scope'>,
  { packages }: Pick<Profile, 'packages'>,
): Profile['packages'] | null {
  return scope.packages === true && (packages.system || packages.pip !== null) ? packages : null
}
