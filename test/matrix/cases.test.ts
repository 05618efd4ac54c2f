import { describe, expect, test } from 'vitest'
import { inOrderOf } from '@/test/harness/day-seed'
import { plannedStep } from '@/test/harness/operation-events'
import { casesIn, chainsOf, harmName, modes, sampleChains } from '@/test/matrix/cases'

const steps = [
  plannedStep('look', { undo: 'nothing-to-undo' }),
  plannedStep('change'),
  plannedStep('promote', { irreversible: true, undo: 'forward-only' }),
  plannedStep('tidy', { undo: 'nothing-to-undo' }),
]
const namesOf = (mode: (typeof modes)[number]) =>
  chainsOf({ steps })
    .filter((chain) => chain.mode === mode)
    .flatMap(({ harms }) => harms.map(harmName))

describe('the matrix of an operation', () => {
  test('hurts every step in every way, however many there are', () => {
    const more = [...steps, plannedStep('a-new-step')]
    for (const mode of ['resume', 'kill', 'two-killed', 'two-stopped', 'cut'] as const) {
      const harms = chainsOf({ steps: more })
        .filter((chain) => chain.mode === mode)
        .flatMap((chain) => chain.harms)
      expect(new Set(harms.map(({ stepId }) => stepId))).toEqual(new Set(more.map(({ id }) => id)))
    }
    expect(chainsOf({ steps: more }).map(({ mode }) => mode)).toEqual(expect.arrayContaining([...modes]))
  })

  test('takes back only what can be taken back, each failure in an operation of its own: of nothing done yet, of half, and of the last step whole', () => {
    expect(namesOf('undo')).toEqual([
      'fail before look',
      'fail during look',
      'fail before change',
      'fail during change',
      'fail after change',
    ])
    expect(chainsOf({ steps }).filter(({ mode }) => mode === 'undo')).toHaveLength(5)
  })

  test('hurts an undo at every step that it takes back, after the latest failure that can be undone', () => {
    expect(namesOf('undo-hurt')).toEqual([
      'fail after change',
      'kill before the undo of change',
      'fail before the undo of change',
      'kill during the undo of change',
      'fail during the undo of change',
      'kill after the undo of change',
      'fail after the undo of change',
    ])
  })

  test('cuts each cable in an operation of its own, so that a step which gets over one cut meets the other too', () => {
    const cuts = chainsOf({ steps }).filter(({ mode }) => mode === 'cut')
    expect(cuts.map(({ part, harms }) => [part, harms.length])).toEqual([
      ['cut-primary', 4],
      ['cut-standby', 4],
    ])
  })

  test('cuts each cable in the middle of a step that may take long too, in an operation of its own', () => {
    const copy = plannedStep('copy', { timeoutMs: 24 * 3_600_000 })
    const cuts = chainsOf({ steps: [...steps, copy] }).filter(({ mode }) => mode === 'cut')
    expect(cuts.map(({ part, harms }) => [part, harms.length])).toEqual([
      ['cut-primary', 5],
      ['cut-primary at first progress', 1],
      ['cut-standby', 5],
      ['cut-standby at first progress', 1],
    ])
    expect(cuts[1]?.harms.map(harmName)).toEqual(['cut-primary during copy'])
  })

  test('lives through each failure that ends an operation in one of its own: taken back by itself, or left', () => {
    const attach = plannedStep('attach', { mayFail: 'not-reattached' })
    const chains = chainsOf({ steps: [...steps, attach], undoesItself: true })
    const named = (mode: string) =>
      chains.filter((chain) => chain.mode === mode).map(({ harms }) => harms.map(harmName).join(' '))
    expect(named('resume')).toEqual([
      'fail before promote fail during promote fail after promote fail before tidy fail during tidy fail after tidy',
      'fail before attach',
      'fail during attach',
      'fail after attach',
    ])
    expect(named('cut').slice(0, 4)).toEqual([
      'cut-primary before promote cut-primary before tidy',
      'cut-primary before look',
      'cut-primary before change',
      'cut-primary before attach',
    ])
    expect(named('undo')).toHaveLength(5)
    expect(named('kill')).toHaveLength(1)
  })

  test('gives each operation that is to be lived through a name of its own', () => {
    const names = chainsOf({ steps }).map(({ mode, part }) => `${mode} ${part}`)
    expect(new Set(names).size).toBe(names.length)
  })

  test('counts a step that acts twice as a case, and else each harm', () => {
    const total = chainsOf({ steps }).reduce((sum, chain) => sum + casesIn(chain, steps), 0)
    expect(total).toBe(4 + 12 + 5 + 7 + 12 + 8 + 8)
  })
})

describe('a sample of it', () => {
  test('is the same for the same seed and another for another', () => {
    expect(sampleChains(chainsOf({ steps }), 7, 2)).toEqual(sampleChains(chainsOf({ steps }), 7, 2))
    expect(sampleChains(chainsOf({ steps }), 7, 2)).not.toEqual(sampleChains(chainsOf({ steps }), 8, 2))
  })

  test('begins with each operation for some seed, and leaves none out', () => {
    const orders = Array.from({ length: 50 }, (_, seed) => inOrderOf(seed, ['create', 'promote', 'drill']))
    expect(new Set(orders.map(([first]) => first)).size).toBe(3)
    for (const order of orders) expect(order.toSorted()).toEqual(['create', 'drill', 'promote'])
  })

  test('keeps the order of the harms and what makes an undo begin', () => {
    for (const seed of [1, 2, 3, 4, 5])
      for (const chain of sampleChains(chainsOf({ steps }), seed, 2)) {
        const whole = chainsOf({ steps }).find(({ mode, part }) => mode === chain.mode && part === chain.part)
        if (chain.mode === 'undo') continue
        const places = chain.harms.map((harm) =>
          whole?.harms.findIndex((other) => harmName(other) === harmName(harm)),
        )
        expect(places).toEqual(places.toSorted((one, other) => Number(one) - Number(other)))
        if (chain.mode === 'undo-hurt') expect(chain.harms[0]).toMatchObject({ phase: 'run', kind: 'fail' })
      }
  })

  test('reaches every harm over many seeds', () => {
    const reached = new Set<string>()
    for (let seed = 0; seed < 200; seed += 1)
      for (const { mode, harms } of sampleChains(chainsOf({ steps }), seed, 2))
        for (const harm of harms) reached.add(`${mode} ${harmName(harm)}`)
    const all = chainsOf({ steps }).flatMap(({ mode, harms }) =>
      harms.map((harm) => `${mode} ${harmName(harm)}`),
    )
    expect([...reached].sort()).toEqual([...new Set(all)].sort())
  })
})
