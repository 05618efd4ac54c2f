import { expect, test } from 'vitest'
import type { Pair } from '@/lib/domain/pair'
import type { PausePart } from '@/lib/domain/pause'
import type { RepairFileContext } from '@/lib/operations/repair/basis'
import { recordRepaired } from '@/lib/operations/repair/steps/record-repaired'
import { groundOf, grounds } from '@/test/harness/plan-variants'
import { listeningIo } from '@/test/harness/step-io'

const what: PausePart[] = ['sync']
const pause = {
  what,
  until: '2026-11-23T05:00:00.000Z',
  by: 'ann',
  reason: 'disk swap',
  operationId: 'o',
}

test('a pause ends with the re-pair, and is there again when that is taken back, also by a worker that takes it up later', async () => {
  const [any] = grounds
  if (!any) throw new Error('there are no grounds')
  const ground = groundOf(any.given)
  const before: Pair = { ...ground.pair, isPaired: true, formerPrimary: 'fenced', pause }
  let now = before
  const pairs: Pick<RepairFileContext['pairs'], 'find' | 'update'> = {
    find: async () => now,
    update: async (_, change) => {
      now = { ...now, ...change }
    },
  }
  const context = { pairs } as RepairFileContext
  const recorded = { formerPrimary: 'fenced', pause } as const
  const stepOn = (pair: Pair) => recordRepaired({ hosts: ground.hosts, pair, facts: { recorded } })
  const step = stepOn(before)
  expect(await step.check(context, listeningIo())).toEqual({ done: false })
  await step.run(context, listeningIo())
  await step.verify(context, listeningIo())
  expect(now).toMatchObject({ formerPrimary: 'none', pause: null })
  await stepOn(now).undo?.(context, listeningIo())
  expect(now).toEqual(before)
})
