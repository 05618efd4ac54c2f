import type { ServerFacts } from '@/lib/domain/observation'

/** The physical slots of a server in a few words, e.g. `understudy_ledger in use, reserved`; `none` where there is none. */
export const slotWords = ({ slots }: Pick<ServerFacts, 'slots'>): string =>
  slots
    .map(({ name, active, walStatus }) =>
      [`${name} ${active ? 'in use' : 'not in use'}`, ...(walStatus === null ? [] : [walStatus])].join(', '),
    )
    .join('; ') || 'none'

/** A slot that holds back less than its standby needs, or soon will (PostgreSQL documentation 54.20). */
export const isSlotOdd = ({ slots }: Pick<ServerFacts, 'slots'>): boolean =>
  slots.some(({ walStatus }) => walStatus === 'unreserved' || walStatus === 'lost')
