import type { Host } from '@/lib/domain/host'

/** Where Understudy keeps its own files on a host, and whose they are. */
export type HostPlaces = {
  /** `root`, or the login user itself where it may not become root. */
  readonly keeper: 'root' | 'login'
  /** As in chown(1). */
  readonly owner: string
  /** Programs that run there. */
  readonly programs: string
  /** Settings of the pairs. */
  readonly settings: string
  /** State, keys, passwords and records of the pairs. */
  readonly state: string
}

/** The same for one pair: its files lie in directories named by its slug. */
export type PairPlaces = HostPlaces & { readonly slug: string }

const systemPlaces: HostPlaces = {
  keeper: 'root',
  owner: 'root:root',
  programs: '/usr/local/lib/understudy',
  settings: '/etc/understudy',
  state: '/var/lib/understudy',
}

/** System directories where root keeps them; else below the home of the login user, who owns everything there. */
export function hostPlaces({ privilege, user, home }: Pick<Host, 'privilege' | 'user' | 'home'>): HostPlaces {
  if (privilege !== 'unprivileged' || home === null) return systemPlaces
  const base = `${home === '/' ? '' : home}/.understudy`
  return {
    keeper: 'login',
    owner: `${user}:`,
    programs: `${base}/lib`,
    settings: `${base}/etc`,
    state: `${base}/state`,
  }
}

export const pairPlaces = (host: Pick<Host, 'privilege' | 'user' | 'home'>, slug: string): PairPlaces => ({
  ...hostPlaces(host),
  slug,
})
