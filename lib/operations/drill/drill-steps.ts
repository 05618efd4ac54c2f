import { type DrillBasis, type DrillContext, whyNoAmcheck } from '@/lib/operations/drill/basis'
import { amcheckCopyStep } from '@/lib/operations/drill/steps/amcheck-copy'
import { checkCopy } from '@/lib/operations/drill/steps/check-copy'
import { hasLeftovers, removeCopy, removeLeftovers, stopCopyStep } from '@/lib/operations/drill/steps/clear'
import { isolateCopy } from '@/lib/operations/drill/steps/isolate-copy'
import { makeCopy } from '@/lib/operations/drill/steps/make-copy'
import { beginDrill, judgeDrill, recordDrill } from '@/lib/operations/drill/steps/records'
import { recoverCopy } from '@/lib/operations/drill/steps/recover-copy'
import type { Step } from '@/lib/operations/engine/step'

/**
 * The steps of a drill in their order. Whatever one of those that try something finds, what follows removes all that was made before the drill
 * says how it ended; and where one of them can't go on, all of it is taken back.
 */
export const drillSteps = (basis: DrillBasis): readonly Step<DrillContext>[] => [
  beginDrill(basis),
  ...(hasLeftovers(basis) ? [removeLeftovers(basis)] : []),
  makeCopy(basis),
  isolateCopy(basis),
  recoverCopy(basis),
  checkCopy(basis),
  ...(whyNoAmcheck(basis) === null ? [amcheckCopyStep(basis)] : []),
  stopCopyStep(basis),
  removeCopy(basis),
  recordDrill(),
  judgeDrill(),
]
