import { fingerprintOfLine } from '@/lib/commands/key-fingerprint'
import { knownHostsPath } from '@/lib/domain/sync-names'
import type { RotateBasis } from '@/lib/operations/rotate-key/basis'

/** Which host key of the primary the standby accepts until now and from now on; null where that is the same. */
export function hostKeySentence({ reach, sync, hosts }: RotateBasis): string | null {
  const change = reach.find(({ file }) => file.path === knownHostsPath(sync.places.standby))
  if (!change) return null
  const [before, after] = [change.before ?? '', change.file.content].map(fingerprintOfLine)
  if (before === after) return null
  return `${hosts.standby.name} accepts ${before === null || before === undefined ? 'no host key' : `the host key ${before}`} of ${hosts.primary.name} until now, and from now on ${after}, which was confirmed for it.`
}
