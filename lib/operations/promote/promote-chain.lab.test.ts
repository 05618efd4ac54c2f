import { afterAll, beforeAll, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { createGround } from '@/test/harness/create-ground'
import { undoChainedFirst } from '@/test/harness/engine-proofs'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { promoteGround } from '@/test/harness/promote-ground'

let lab: Lab
let pair: LabPair
beforeAll(async () => {
  lab = await startLab()
  pair = await openLabPair(lab)
  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.dispose()
})
afterAll(async () => {
  await pair.close()
  await lab.down()
})

test.each(undoChainedFirst(() => promoteGround(lab, pair)))(
  'a promotion with the primary alive, $name',
  { timeout: 900_000 },
  ({ prove }) => prove(),
)
