/**
 * The pair's states. A state is a promise about what is possible now; this table is the only place that says
 * which actions are open in which state and why not, for page, command line, API and engine.
 */
export const pairStates = [
  'unpaired',
  'working',
  'protected',
  'catching-up',
  'degraded',
  'disconnected',
  'standby-lost',
  'diverged',
  'no-primary',
  'two-primaries',
  'unprotected',
  'unknown',
] as const
export type PairState = (typeof pairStates)[number]

/** Actions that this version offers. */
export const actionIds = ['create', 'promote'] as const
export type ActionId = (typeof actionIds)[number]
