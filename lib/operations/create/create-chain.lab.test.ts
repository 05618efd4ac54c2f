import { afterAll, beforeAll, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { createGround } from '@/test/harness/create-ground'
import { undoChainedFirst } from '@/test/harness/engine-proofs'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

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

test.each(undoChainedFirst(() => createGround(lab, pair)))(
  'a create on real hosts, $name',
  { timeout: 900_000 },
  ({ prove }) => prove(),
)
