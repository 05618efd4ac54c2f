import { type PairOperationKind, pairOperationOptions } from '@/lib/domain/pair-operations'
import { parseInput } from '@/lib/domain/parse-input'
import type { ChosenOperation } from '@/lib/ports/planners'

/** What was chosen for an operation of this kind, as its planner takes it. Throws INVALID_INPUT with the fields that don't fit. */
export const parseOptions = <K extends PairOperationKind>(operation: K, given: unknown): ChosenOperation =>
  ({ operation, options: parseInput(pairOperationOptions[operation], given) }) as ChosenOperation
