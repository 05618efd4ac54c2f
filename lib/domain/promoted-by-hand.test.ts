import { expect, test } from 'vitest'
import { unknownPromotion } from '@/lib/domain/promoted-by-hand'
import { pair } from '@/test/harness/observations'
import { observationOf, promotedByHand } from '@/test/harness/pair-promoted-by-hand'

const host = { machineId: 'b'.repeat(32) }
const seen = (isServing = true) => observationOf(isServing, host.machineId)

test('a standby that serves and carries the record of its kit was promoted by hand', () => {
  expect(unknownPromotion(pair, host, seen())).toEqual(promotedByHand)
})

test('one that follows is a standby, whatever an old record says; one that is paired with nobody is asked nothing', () => {
  expect(unknownPromotion(pair, host, seen(false))).toBeNull()
  expect(unknownPromotion({ ...pair, isPaired: false }, host, seen())).toBeNull()
})

test('a look at the hosts in the roles that they had before tells nothing: they would be exchanged back', () => {
  expect(unknownPromotion(pair, { machineId: 'a'.repeat(32) }, seen())).toBeNull()
  expect(unknownPromotion(pair, { machineId: null }, seen())).toBeNull()
})
