import type { CreateInput } from '@/lib/domain/inputs'
import type { Pair } from '@/lib/domain/pair'

/** The pair as a create would be asked for it: what it has is what it keeps. */
export const inputOf = ({ slug, profileId, hosts, scope, settings }: Pair): CreateInput => ({
  slug,
  profileId,
  hosts,
  scope,
  settings: { ...settings, directories: [...settings.directories] },
  agreeRestart: false,
  oldDataDirectory: null,
})
