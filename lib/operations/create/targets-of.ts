import { outermostOf } from '@/lib/domain/nested-directories'
import type { SyncTarget } from '@/lib/domain/sync-target'
import type { FileBasis } from '@/lib/operations/create/basis'
import { pathOf } from '@/lib/operations/preflight/disk-checks'

/** The standby's own directories that make room for the copies, as the plan found them; nested ones go with the one around them. */
export const targetsOf = ({ pair, facts }: Pick<FileBasis, 'pair' | 'facts'>): readonly SyncTarget[] =>
  outermostOf(pair.settings.directories).map(({ id, path }) => {
    const place = pathOf(facts.standby, path)
    return { id, path, staysInPlace: place?.exists === true && (place.isMountPoint || place.isLink) }
  })
