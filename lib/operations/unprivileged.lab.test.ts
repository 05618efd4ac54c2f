import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import type { Step } from '@/lib/operations/engine/step'
import { alterStep } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

const breaksAt = (steps: readonly Step<null>[], id: string): readonly Step<null>[] =>
  steps.map((step) =>
    step.planned.id === id
      ? alterStep(step, { attemptsMax: 1, verify: () => Promise.reject(new Error('broken')) })
      : step,
  )

describe('a standby on hosts where nobody may become root', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    lab = await startLab({ layout: 'soar-unprivileged', writing: [0, 1] })
    pair = await openLabPair(lab)
    await pair.pairs.update('', { scope: { database: true, files: true } })
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  test('two sound hosts pass the preflight', async () => {
    const ground = await createGround(lab, pair)
    const open = ground.plan.preflight.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    expect(open).toEqual([])
    await ground.dispose()
  })

  test('undone at its very end, both hosts are exactly what they were', async () => {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(breaksAt(ground.steps, 'mark-paired')), 'failed')
    await trial.undoOrResume()
    await ground.dispose()
  })
})
