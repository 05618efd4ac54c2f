import type { ServiceContext } from '@/lib/services/context'

/** Who acts where nobody asked. */
export const asUnderstudy = (ground: Omit<ServiceContext, 'actor' | 'origin'>): ServiceContext => ({
  ...ground,
  actor: { kind: 'system', name: 'Understudy', role: 'administrator' },
  origin: 'the watch',
})
