import type { PromoteContext } from '@/lib/operations/promote/context'

/** The part of the context that is plain data: plan and steps are built from it. */
export type PromoteBasis = Pick<
  PromoteContext,
  'operationId' | 'pair' | 'profile' | 'hosts' | 'layouts' | 'facts'
>

/** Where the operator's word is needed: exactly this is typed under the loss statement. */
export const acknowledgementOf = (standbyName: string): string => `promote ${standbyName} and accept the loss`
