import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { AppError } from '@/lib/errors'
import { createGround, planOnLab } from '@/test/harness/create-ground'
import { engineProofs } from '@/test/harness/engine-proofs'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

/**
 * The engine's proofs on real hosts. All of them take an hour (`PROOFS=.`, a pattern of names); here are those at the steps where most
 * can go wrong: the copy, the two renames, the start.
 */
const chosen = [
  'each step acts twice',
  'killed during base-backup acts: another takes over',
  'place-copy fails during it acts: resume',
  'undoing put-aside fails and is killed during it acts: undoing again ends it',
]
const { PROOFS } = process.env

describe('a create stands', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    lab = await startLab()
    pair = await openLabPair(lab)
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  /** A world for one proof; what a finished operation left is taken back step by step for the next one. */
  async function build() {
    const ground = await createGround(lab, pair)
    const io = {
      signal: new AbortController().signal,
      attempt: 1,
      output: () => undefined,
      progress: () => undefined,
    }
    return {
      ...ground,
      async dispose() {
        for (const step of [...ground.steps].reverse()) await step.undo?.(null, io)
        await ground.verifyUndone()
        await ground.dispose()
      },
    }
  }

  test('what is proved is derived from the plan, so a new step can’t be forgotten', async () => {
    const { plan } = await planOnLab(pair)
    const names = engineProofs(plan.steps, build).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(chosen))
  })

  /** Proves all that match, one after the other in the same lab, and tells every one that does not hold. */
  async function prove(matches: (name: string) => boolean): Promise<void> {
    const { plan } = await planOnLab(pair)
    const proofs = engineProofs(plan.steps, build).filter(({ name }) => matches(name))
    expect(proofs.length).toBeGreaterThan(0)
    const broken: string[] = []
    for (const { name, prove } of proofs)
      await prove().catch((error: unknown) => {
        const detail = error instanceof AppError ? ` (${error.detail})` : ''
        broken.push(`${name}: ${String(error)}${detail}`)
      })
    expect(broken).toEqual([])
  }

  if (PROOFS === undefined) for (const name of chosen) test(name, () => prove((other) => other === name))
  else
    test(`all that match ${PROOFS}`, { timeout: 7_200_000 }, () =>
      prove((name) => new RegExp(PROOFS).test(name)),
    )
})
