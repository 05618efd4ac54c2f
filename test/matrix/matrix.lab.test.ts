import { afterAll, beforeAll, expect, test } from 'vitest'
import { inOrderOf, daySeed as seed } from '@/test/harness/day-seed'
import { chainsOf, harmName, sampleChains } from '@/test/matrix/cases'
import { grounds } from '@/test/matrix/grounds'
import { MatrixStage } from '@/test/matrix/matrix-stage'
import { scenarios } from '@/test/matrix/scenarios'

/** No chain is begun later than this, and no further one of a scenario after its share. The whole matrix is `npm run test:matrix`. */
const budgetMs = 90_000
const shareMs = 15_000
const harmsMax = 4

/** Hosts of another layout each day. */
const ground = Object.values(grounds)[seed % Object.values(grounds).length] ?? grounds.debian

let stage: MatrixStage
beforeAll(async () => {
  stage = await MatrixStage.open(ground)
})
afterAll(() => stage.close())

test(`a part of the matrix holds, chosen by TEST_SEED=${seed}`, { timeout: 900_000 }, async () => {
  const until = Date.now() + budgetMs
  const broken: string[] = []
  let cases = 0
  for (const [index, scenario] of inOrderOf(seed, scenarios).entries()) {
    const shareUntil = Math.min(until, Date.now() + shareMs)
    if (Date.now() > until) break
    const chains = sampleChains(chainsOf(await stage.planOf(scenario)), seed + index, harmsMax)
    for (const chain of chains) {
      const name = `${ground.layout}: ${scenario.name}, ${chain.mode}: ${chain.harms.map(harmName).join(', ')}`
      // A chain that never ends is known by being the last that began.
      process.stdout.write(`begins ${name}\n`)
      const result = await stage.live(scenario, chain)
      cases += Math.max(1, result.done.length)
      broken.push(...result.broken.map((sentence) => `${name}: ${sentence}`))
      if (Date.now() > shareUntil) break
    }
  }
  process.stdout.write(`${cases} cases of the matrix on ${ground.layout}, TEST_SEED=${seed}\n`)
  expect(broken).toEqual([])
})
