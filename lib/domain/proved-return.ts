import type { Observation } from '@/lib/domain/observation'
import type { Pair } from '@/lib/domain/pair'

/**
 * Names the return of a former primary that is to be fenced by itself; null where there is none, or the pair is not set so. Proved
 * is that both hosts accept writes, as the same system, and that the returned one is on the older timeline: what is on none of
 * them is no former primary of this pair, and somebody decides. The same return has the same name, whoever sees it.
 */
export function provedReturn(pair: Pair, { hosts }: Observation): string | null {
  const { settings, isPaired, scope, formerPrimary } = pair
  if (settings.fenceReturned !== 'automatic' || !isPaired || !scope.database || formerPrimary !== 'watched')
    return null
  // Since the promotion the returned host is expected as standby.
  const [promoted, returned] = [hosts.primary.server, hosts.standby.server]
  if (!promoted.seen || !returned.seen) return null
  const [now, former] = [promoted.value, returned.value]
  if (now.inRecovery || former.inRecovery) return null
  if (former.systemIdentifier !== now.systemIdentifier || former.timeline >= now.timeline) return null
  return [pair.id, now.timeline, former.timeline, former.startedAt].join(' ')
}
