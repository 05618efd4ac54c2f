import { describe, test } from 'vitest'
import { areAll, daySeed, ofToday } from '@/test/harness/day-seed'
import { chainedProofs } from '@/test/harness/engine-proofs'
import type { ProvingGround } from '@/test/harness/engine-trial'

/** Of so many variants of an operation a run proves one. */
const oneOf = 4

/**
 * Hurts an operation at each of its steps (`chainedProofs`), in a part of its variants that the day's seed chooses; with `PROOFS=all`
 * in all of them. They are made of the same steps, and each takes seconds of both processors.
 */
export function proveSomeOf<Given, C>(
  operation: string,
  variants: readonly (readonly [what: string, given: Given])[],
  build: (given: Given) => Promise<ProvingGround<C>>,
): void {
  const some = ofToday(variants, oneOf)
  const chosen = areAll ? '' : `, chosen by TEST_SEED=${daySeed}`
  describe.each(some)(`${operation} %s${chosen}`, (_, given) => {
    for (const { name, prove } of chainedProofs(() => build(given))) test(name, { timeout: 300_000 }, prove)
  })
}
