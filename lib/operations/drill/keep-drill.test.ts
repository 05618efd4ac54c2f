import { expect, test } from 'vitest'
import type { Drill } from '@/lib/domain/drill'
import type { DrillContext } from '@/lib/operations/drill/basis'
import {
  beginClearing,
  failed,
  gaveWay,
  keepCheck,
  keepDrill,
  readDrill,
  whileTrying,
} from '@/lib/operations/drill/keep-drill'
import type { Step } from '@/lib/operations/engine/step'
import { drillCheck, drillOf, memoryDrills } from '@/test/harness/drills'
import { plannedStep } from '@/test/harness/operation-events'
import { listeningIo } from '@/test/harness/step-io'

async function contextOf(over: Partial<Drill> = {}): Promise<DrillContext> {
  const drills = memoryDrills()
  const drill = drillOf({ checks: [], copy: null, recoveryMs: null, ...over })
  await drills.begin(drill)
  return { drills, operationId: drill.operationId } as DrillContext
}

test('what is seen while it is tried is kept, one answer for each check', async () => {
  const context = await contextOf()
  await keepDrill(context, { copy: { ms: 1, bytes: 2 } })
  await keepCheck(context, drillCheck({ outcome: 'failed' }))
  await keepCheck(context, drillCheck({ outcome: 'passed' }))
  expect(await readDrill(context)).toMatchObject({
    copy: { ms: 1, bytes: 2 },
    checks: [{ outcome: 'passed' }],
  })
})

test.each<[string, Partial<Drill>]>([
  ['the copy is being cleared up', { phase: 'clearing' }],
  ['it was taken back', { phase: 'taken-back' }],
  ['it gave way', { outcome: 'gave-way', reason: 'Replay was late.' }],
])('once %s, what a late worker sees changes nothing of it', async (_, over) => {
  const context = await contextOf(over)
  const before = await readDrill(context)
  await keepDrill(context, { recoveryMs: 7 })
  await keepCheck(context, drillCheck({ outcome: 'failed' }))
  await failed(context, 'The copy is gone.', 'Look.')
  await gaveWay(context, 'Too late.')
  expect(await readDrill(context)).toEqual(before)
})

test('the first reason stays, and is what is thrown', async () => {
  const context = await contextOf()
  expect(await gaveWay(context, 'Replay was late.')).toMatchObject({
    code: 'GAVE_WAY',
    message: 'Replay was late.',
  })
  expect(await failed(context, 'It ended.', 'Look.')).toMatchObject({ code: 'STEP_FAILED', fix: 'Look.' })
  expect(await readDrill(context)).toMatchObject({ outcome: 'gave-way', reason: 'Replay was late.' })
})

test('clearing up never goes back to trying, and what was taken back stays so', async () => {
  const [trying, back] = [await contextOf(), await contextOf({ phase: 'taken-back' })]
  for (const context of [trying, back])
    for (let round = 0; round < 2; round += 1) await beginClearing(context)
  expect([(await readDrill(trying)).phase, (await readDrill(back)).phase]).toEqual(['clearing', 'taken-back'])
})

test('a step that tries something acts only while anything is tried; its check tells what is there all the same', async () => {
  let runs = 0
  const step: Step<DrillContext> = whileTrying({
    planned: { ...plannedStep('try'), irreversible: false } as never,
    check: async () => ({ done: false }),
    run: async () => {
      runs += 1
    },
    verify: async () => 'It was seen.',
  })
  const context = await contextOf()
  await step.run(context, listeningIo())
  expect([runs, await step.verify(context, listeningIo())]).toEqual([1, 'It was seen.'])
  await beginClearing(context)
  await step.run(context, listeningIo())
  expect([runs, await step.verify(context, listeningIo()), await step.check(context, listeningIo())]).toEqual(
    [...[1, 'It is past: what was to be tried was tried.', { done: false }]],
  )
})

test('a drill that was not begun is an error that says what to do', async () => {
  const context = { drills: memoryDrills(), operationId: 'o' } as DrillContext
  await expect(readDrill(context)).rejects.toMatchObject({ code: 'INTERNAL', fix: 'Resume the operation.' })
})
