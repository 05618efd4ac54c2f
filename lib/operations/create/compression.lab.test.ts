import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

let lab: Lab
let pair: LabPair
beforeAll(async () => {
  lab = await startLab()
  pair = await openLabPair(lab)
  const { current } = pair.pairs
  pair.pairs.current = { ...current, scope: { ...current.scope, files: false } }
})
afterAll(async () => {
  await pair.close()
  await lab.down()
})

/** Runs the base backup of a new plan with the steps that it needs, then undoes all of it. */
async function evidenceOfCopy(): Promise<string> {
  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  const end = ground.steps.findIndex(({ planned }) => planned.id === 'base-backup')
  trial.expect(await trial.life(breaksAt(ground.steps, ground.steps[end + 1]?.planned.id ?? '')), 'failed')
  const said = trial.operations.recorded.map(({ event }) => JSON.stringify(event)).join('\n')
  expect(await lab.host(1).exec('ls /var/lib/postgresql/15')).not.toContain('-trial')
  await trial.undoOrResume()
  await ground.dispose()
  return said
}

test('a slow link has the copy compressed, a fast one has not, and the record says what was measured', async () => {
  expect(await evidenceOfCopy()).toMatch(/holds a copy [^"]* Not compressed: /)
  await lab
    .host(0)
    .sql("create table ballast as select n, repeat('warm', 100) as text from generate_series(1, 300000) n")
  const restore = await lab.host(1).slowLink(40_000)
  try {
    expect(await evidenceOfCopy()).toMatch(
      /holds a copy [^"]* Compressed on its way by server-(lz4|zstd:\d) /,
    )
  } finally {
    await restore()
  }
})
