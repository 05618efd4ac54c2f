import { expect, test } from 'vitest'
import type { OperationEvent } from '@/lib/domain/operation'
import { askOperation } from '@/lib/operations/ask-operation'
import { memoryOperation } from '@/test/harness/memory-operations'
import { plannedStep, planOf } from '@/test/harness/operation-events'

const plan = planOf([plannedStep('one')])
const asked = { operationId: 'op-1', by: 'ann', why: 'Seen to by hand.' }

async function after(...events: OperationEvent[]) {
  const operations = memoryOperation(plan)
  for (const event of events) await operations.append('op-1', event)
  return operations
}
const error = { code: 'STEP_FAILED', message: 'It did not work.', fix: '' } as const
const run: OperationEvent = { type: 'operation.started', mode: 'run' }

test('an operation cancelled before a worker took it is closed, and its pair is free', async () => {
  const operations = await after()
  await askOperation(operations, { ...asked, verb: 'cancel' })
  expect(operations.current().state).toBe('closed')
})

test('a running operation is asked to stop and goes on until it has', async () => {
  const operations = await after(run)
  await askOperation(operations, { ...asked, verb: 'cancel' })
  expect(operations.current().state).toBe('running')
  await expect(askOperation(operations, { ...asked, verb: 'cancel' })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  })
})

test('a resume that no worker has taken yet can be cancelled, and undo stays possible', async () => {
  const operations = await after(run, { type: 'operation.failed', error })
  await askOperation(operations, { ...asked, verb: 'resume' })
  expect(operations.current().state).toBe('queued')
  await askOperation(operations, { ...asked, verb: 'cancel' })
  expect(operations.current().state).toBe('cancelled')
  await askOperation(operations, { ...asked, verb: 'undo' })
  expect(operations.recorded.at(-1)?.event).toEqual({
    type: 'operation.requested',
    mode: 'undo',
    by: 'ann',
  })
})

test('a closed operation keeps who closed it and why', async () => {
  const operations = await after(run, { type: 'operation.failed', error })
  await askOperation(operations, { ...asked, verb: 'close' })
  expect(operations.recorded.at(-1)?.event).toEqual({
    type: 'operation.closed',
    by: 'ann',
    why: 'Seen to by hand.',
  })
})

test('what is not allowed is refused with its reason and leaves no trace', async () => {
  const operations = await after(run)
  await expect(askOperation(operations, { ...asked, verb: 'undo' })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'It is running: cancel it first.',
  })
  expect(operations.recorded).toHaveLength(1)
  await expect(
    askOperation(operations, { ...asked, operationId: 'other', verb: 'undo' }),
  ).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})
