/** Every address of the dashboard, in one place; pages, links, API client and tests build them here. */
const segment = encodeURIComponent

export const routes = {
  home: () => '/',
  setup: (code?: string) => (code ? `/setup?code=${segment(code)}` : '/setup'),
  healthz: () => '/healthz',
  login: (next?: string) => (next && next !== '/' ? `/login?next=${segment(next)}` : '/login'),
  hosts: () => '/hosts',
  audit: () => '/audit',
  users: () => '/settings/users',
  account: () => '/settings/account',
  newPair: (draft?: string, step?: string) => {
    const query = new URLSearchParams()
    if (draft) query.set('draft', draft)
    if (step) query.set('step', step)
    const text = query.toString()
    return text ? `/pairs/new?${text}` : '/pairs/new'
  },
  /** The create wizard, beginning with what is known of a pair whose hosts do not replicate. */
  newPairFrom: (slug: string) => `/pairs/new?from=${segment(slug)}`,
  pair: (slug: string) => `/pairs/${segment(slug)}`,
  /** The page of an operation on a pair, e.g. `promote`. */
  pairOperation: (slug: string, operation: string) => `/pairs/${segment(slug)}/${segment(operation)}`,
  /** A sync of these directories; of all where none is named. */
  syncNow: (slug: string, directories: readonly string[]) =>
    `/pairs/${segment(slug)}/sync${directories.length > 0 ? `?${new URLSearchParams({ options: JSON.stringify({ directories }) })}` : ''}`,
  repairFiles: (slug: string, directories: readonly string[]) =>
    `/pairs/${segment(slug)}/repair-files?${new URLSearchParams({ options: JSON.stringify({ directories }) })}`,
  /** `run`: when the run of the directory ended whose lines are shown alone. */
  logs: (slug: string, directory?: string, run?: string) => {
    const ofRun = run ? `&run=${segment(run)}` : ''
    return `/pairs/${segment(slug)}/logs${directory ? `?directory=${segment(directory)}${ofRun}` : ''}`
  },
  drills: (slug: string) => `/pairs/${segment(slug)}/drills`,
  operation: (id: string) => `/operations/${segment(id)}`,
} as const
