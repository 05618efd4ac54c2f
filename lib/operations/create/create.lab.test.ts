import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

describe('a standby on real hosts', () => {
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

  test('two sound hosts pass the preflight', async () => {
    const ground = await createGround(lab, pair)
    const open = ground.plan.preflight.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
    expect(open).toEqual([])
    await ground.dispose()
  })

  test('is created while rows are being written, and undone to exactly what was before', async () => {
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    await ground.dispose()
  })
})
