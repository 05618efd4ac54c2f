import { describe, expect, test } from 'vitest'
import { plannedStep } from '@/test/harness/operation-events'
import { expectedMs, TaskQueue, tasksOf } from '@/test/matrix/chain-task'
import { grounds } from '@/test/matrix/grounds'
import type { Row } from '@/test/matrix/proof-text'
import type { Scenario } from '@/test/matrix/scenario'
import { scenarios } from '@/test/matrix/scenarios'

const scenarioOf = (kind: Scenario['kind']): Scenario => {
  const found = scenarios.find((scenario) => scenario.kind === kind)
  if (!found) throw new Error(`no scenario of ${kind}`)
  return found
}
const [create, fence] = [scenarioOf('create'), scenarioOf('fence')]
const { debian, 'soar-unprivileged': soar } = grounds
const steps = [plannedStep('look', { undo: 'nothing-to-undo' }), plannedStep('change')]

describe('the chains of all operations', () => {
  test('have names of their own over layouts and scenarios', () => {
    const names = Object.values(grounds).flatMap((ground) =>
      scenarios.flatMap((scenario) => tasksOf(ground, scenario, { steps }).map(({ name }) => name)),
    )
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('a lab that has nothing to do', () => {
  const tasks = [
    ...tasksOf(debian, create, { steps }),
    ...tasksOf(debian, fence, { steps }),
    ...tasksOf(soar, fence, { steps }),
  ]

  test('goes on where its hosts stand, then on its own layout, then on another', () => {
    const queue = new TaskQueue(tasks, () => 1)
    const taken: string[] = []
    let scenario: Scenario = fence
    for (;;) {
      const task = queue.take(debian, scenario)
      if (!task) break
      scenario = task.scenario
      taken.push(`${task.ground.layout} ${scenario.name}`)
    }
    expect([...new Set(taken)]).toEqual(['debian fence', 'debian create', 'soar-unprivileged fence'])
    expect(taken).toHaveLength(tasks.length)
    expect(queue.leftMs).toBe(0)
  })

  test('takes what is the most to do where its hosts stand nowhere', () => {
    const queue = new TaskQueue(tasks, ({ ground }) => (ground === soar ? 100 : 1))
    expect(queue.take(null, null)?.ground).toBe(soar)
    expect(queue.leftMs).toBeGreaterThan(100)
  })
})

describe('how long a chain is expected to take', () => {
  const [task] = tasksOf(debian, create, { steps })
  if (!task) throw new Error('no chain')
  const row = { name: 'another', mode: task.chain.mode, planned: 4, tookMs: 8_000 } as Row
  const twice = { ...task, planned: 10 }

  test('is what it took before', () => {
    expect(expectedMs(twice, [{ ...row, name: task.name, tookMs: 77 }])).toBe(77)
  })
  test('is else what cases of its kind took', () => {
    expect(expectedMs(twice, [row, { ...row, mode: 'other', tookMs: 90_000 }])).toBe(20_000)
    expect(expectedMs(twice, [{ ...row, mode: 'other' }])).toBe(20_000)
  })
  test('is a guess where nothing has run yet', () => {
    expect(expectedMs(twice, [])).toBe(50_000)
  })
})
