import type { Step } from '@/lib/operations/engine/step'
import type { RotateBasis, RotateContext } from '@/lib/operations/rotate-key/basis'
import { dropFormerKey } from '@/lib/operations/rotate-key/steps/drop-former-key'
import { dropOldKey } from '@/lib/operations/rotate-key/steps/drop-old-key'
import { letNewKeyIn } from '@/lib/operations/rotate-key/steps/let-new-key-in'
import { makeNewKey } from '@/lib/operations/rotate-key/steps/make-new-key'
import { placeNewKey } from '@/lib/operations/rotate-key/steps/place-new-key'
import { retireFormerKey } from '@/lib/operations/rotate-key/steps/retire-former-key'
import { retireOldKey } from '@/lib/operations/rotate-key/steps/retire-old-key'
import { updateReach } from '@/lib/operations/rotate-key/steps/update-reach'

/**
 * The steps of a rotation in their order. Until the old key is let in no more, both are: so copies go on all the time, and everything can be
 * taken back.
 */
export function rotateSteps(basis: RotateBasis): readonly Step<RotateContext>[] {
  const { former, reach } = basis
  return [
    ...(reach.length > 0 ? [updateReach(basis)] : []),
    makeNewKey(basis),
    letNewKeyIn(basis),
    placeNewKey(basis),
    retireOldKey(basis),
    dropOldKey(basis),
    ...(former === null ? [] : [retireFormerKey(basis), dropFormerKey(basis, former)]),
  ]
}
