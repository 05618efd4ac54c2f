import { z } from 'zod'
import type { OperationKind } from '@/lib/domain/operation'
import type { ActionId } from '@/lib/domain/states'
import { leaveChoices } from '@/lib/domain/unpair'

/** Operations on a pair that is there: all are asked for by the same verbs, pages, commands and addresses. */
export const pairOperationKinds = ['promote', 'fence', 'unpair'] as const satisfies readonly (OperationKind &
  ActionId)[]
export type PairOperationKind = (typeof pairOperationKinds)[number]

export const isPairOperation = (name: string): name is PairOperationKind =>
  pairOperationKinds.some((kind) => kind === name)

/** Whether it is begun over a promotion that stands with all done that can't be taken back: two writable primaries don't wait for it. */
export const takesOver = (kind: PairOperationKind): boolean => kind === 'fence'

const nothing = z.strictObject({})

/** What an operator chooses for an operation before it is planned, beside the pair itself. */
export const pairOperationOptions = {
  promote: nothing,
  fence: nothing,
  /** As what the standby is left. */
  unpair: z.strictObject({ leave: z.enum(leaveChoices).default('stopped') }),
} as const satisfies Readonly<Record<PairOperationKind, z.ZodType>>

export type PairOperationOptions = {
  readonly [K in PairOperationKind]: z.infer<(typeof pairOperationOptions)[K]>
}
