import { type PairPlaces, pairPlaces } from '@/lib/domain/host-places'

/** Where a pair's files lie on a host with root. */
export const rootPlaces = (slug: string): PairPlaces =>
  pairPlaces({ privilege: 'root', user: 'root', home: '/root' }, slug)

/** Where they lie on a host whose login user is `phantom` and may do nothing else. */
export const phantomPlaces = (slug: string): PairPlaces =>
  pairPlaces({ privilege: 'unprivileged', user: 'phantom', home: '/home/phantom' }, slug)
