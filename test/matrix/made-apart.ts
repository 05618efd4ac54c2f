import type { Operation } from '@/lib/domain/operation'

/** Whether an operator has chosen that the standby becomes a writable copy of its own. */
export const isMadeApart = ({ kind, plan }: Pick<Operation, 'kind' | 'plan'>): boolean =>
  kind === 'unpair' && JSON.stringify(plan.facts).includes('"leave":"standalone"')
