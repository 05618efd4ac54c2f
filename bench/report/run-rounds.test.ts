import { describe, expect, test } from 'vitest'
import { type Measured, requireKnown, runRounds } from '@/bench/report/run-rounds'

const methods: readonly Measured[] = [
  { id: 'ours', title: 'Ours', rank: 'ours' },
  { id: 'floor', title: 'Floor', rank: 'floor' },
  { id: 'peer', title: 'Peer', rank: 'peer' },
]

async function run(
  tryOnce: (method: Measured) => Promise<number | string>,
  options: { rounds?: number; only?: readonly string[] | null } = {},
) {
  const told: string[] = []
  const trials = await runRounds(
    methods,
    { rounds: options.rounds ?? 2, only: options.only ?? null },
    { tryOnce, say: (figure) => `${figure} ms`, tell: (line) => told.push(line) },
  )
  return { told, trials }
}

describe('rounds', () => {
  test('try every method once each, interleaved, and tell each outcome as it comes', async () => {
    const { told } = await run(async ({ id }) => id.length)
    expect(told).toEqual([
      '1: Ours: 4 ms',
      '1: Floor: 5 ms',
      '1: Peer: 4 ms',
      '2: Floor: 5 ms',
      '2: Peer: 4 ms',
      '2: Ours: 4 ms',
    ])
  })

  test('go on with the others where one fails, which is told and counted', async () => {
    const { told, trials } = await run(async ({ id }) => {
      if (id === 'floor') throw new Error('no answer')
      return 1
    })
    expect(told).toContain('2: Floor: failed: no answer')
    expect(trials.map(({ figures, failures }) => [figures.length, failures.length])).toEqual([
      [2, 0],
      [0, 2],
      [2, 0],
    ])
  })

  test('tell once why a method can’t be tried, and try it no more', async () => {
    const { told, trials } = await run(async ({ id }) => (id === 'peer' ? 'there is no package' : 1))
    expect(told.filter((line) => line.includes('Peer'))).toEqual(['1: Peer: there is no package'])
    expect(trials.at(-1)).toMatchObject({ absent: 'there is no package', figures: [] })
  })

  test('try only those that were named beside ours', async () => {
    const { trials } = await run(async () => 1, { only: ['peer'] })
    expect(trials.map(({ title }) => title)).toEqual(['Ours', 'Peer'])
  })

  test('refuse a name that there is not', () => {
    expect(() => requireKnown(['peer', 'per'], methods)).toThrow(
      'There is no per; there are ours, floor, peer.',
    )
    expect(() => requireKnown(['peer', 'ours'], methods)).not.toThrow()
    expect(() => requireKnown(null, methods)).not.toThrow()
  })
})
