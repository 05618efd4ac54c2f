import { expect, test } from 'vitest'
import type { Step } from '@/lib/operations/engine/step'
import type { SwitchoverFileContext } from '@/lib/operations/switchover/basis'
import { beforePromotion } from '@/lib/operations/switchover/before-promotion'
import { plannedStep } from '@/test/harness/operation-events'
import { listeningIo } from '@/test/harness/step-io'

const contextOf = (isRecovering: boolean) =>
  ({
    pair: { scope: { database: true } },
    hosts: { standby: { name: 'beta' } },
    databases: { standby: { query: async () => [{ recovering: isRecovering }] } },
  }) as unknown as SwitchoverFileContext

function stepOf() {
  const acted: string[] = []
  const step: Step<SwitchoverFileContext> = {
    planned: plannedStep('stop-primary', {
      irreversible: false,
    }) as Step<SwitchoverFileContext>['planned'] & {
      irreversible: false
    },
    check: async () => ({ done: false }),
    run: async () => {
      acted.push('run')
    },
    verify: async () => {
      acted.push('verify')
      return 'It is stopped.'
    },
  }
  return { acted, step: beforePromotion(step) }
}

test('acts while the standby is one', async () => {
  const { acted, step } = stepOf()
  const [context, io] = [contextOf(true), listeningIo()]
  expect(await step.check(context, io)).toEqual({ done: false })
  await step.run(context, io)
  expect(await step.verify(context, io)).toBe('It is stopped.')
  expect(acted).toEqual(['run', 'verify'])
})

test('does nothing once the standby is promoted, also where it had been begun: the old primary may follow by then', async () => {
  const { acted, step } = stepOf()
  const [context, io] = [contextOf(false), listeningIo()]
  const sentence = 'It is past: beta is promoted.'
  expect(await step.check(context, io)).toEqual({ done: true, sentence })
  await step.run(context, io)
  expect(await step.verify(context, io)).toBe(sentence)
  expect(acted).toEqual([])
})
