import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseWorkflowId, toWorkflowId } from '@/lib/io/dbos/workflow-id'

test('a request is read back from the id of its workflow', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.nat(), (operationId, requestNumber) => {
      const request = { operationId, requestNumber }
      expect(parseWorkflowId(toWorkflowId(request))).toEqual(request)
    }),
  )
})

test('another request of the same operation is another workflow', () => {
  expect(toWorkflowId({ operationId: 'a', requestNumber: 0 })).not.toBe(
    toWorkflowId({ operationId: 'a', requestNumber: 1 }),
  )
})

test('a workflow that is not ours is refused', () => {
  for (const id of ['', 'a', 'a:', ':1', 'a:b']) expect(() => parseWorkflowId(id)).toThrow()
})
