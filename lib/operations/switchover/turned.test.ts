import { expect, test } from 'vitest'
import type { Step } from '@/lib/operations/engine/step'
import { turned } from '@/lib/operations/switchover/turned'
import { plannedStep } from '@/test/harness/operation-events'
import { listeningIo } from '@/test/harness/step-io'

type Context = { readonly name: string }

const said: string[] = []
const say = async (what: string, { name }: Context) => {
  said.push(`${what} ${name}`)
}
const step: Step<Context> = {
  planned: plannedStep('attach', { host: 'standby' }),
  prove: async (context) => {
    await say('prove', context)
    return 'proved'
  },
  check: async (context) => {
    await say('check', context)
    return { done: false }
  },
  run: (context) => say('run', context),
  verify: async (context) => {
    await say('verify', context)
    return 'seen'
  },
  undo: async (context) => {
    await say('undo', context)
    return 'undone'
  },
}

test('a step for the roles to come acts on them, and stands in the plan by the roles of before', async () => {
  const other = turned(step, { mayFail: 'not-reattached' })
  expect(other.planned).toEqual({ ...step.planned, host: 'primary', mayFail: 'not-reattached' })
  const context = { turned: { name: 'to come' } }
  const io = listeningIo()
  await other.prove?.(context, io)
  await other.check(context, io)
  await other.run(context, io)
  await other.verify(context, io)
  await other.undo?.(context, io)
  expect(said).toEqual(['prove', 'check', 'run', 'verify', 'undo'].map((what) => `${what} to come`))
})

test('one that needs no proof, or has no undo, gets none', () => {
  const { prove: _, undo: __, ...plain } = step
  const other = turned({ ...plain, planned: { ...step.planned, irreversible: false } })
  expect([other.prove, other.undo]).toEqual([undefined, undefined])
})
