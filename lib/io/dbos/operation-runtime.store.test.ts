import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type OperationRuntime,
  type OperationRuntimeOptions,
  startOperationRuntime,
} from '@/lib/io/dbos/operation-runtime'
import type { OperationRequest } from '@/lib/io/dbos/workflow-id'
import { type Durable, LeftRunning } from '@/lib/operations/engine/ports'
import { createTestDatabase } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'

type Handle = (request: OperationRequest, durable: Durable) => Promise<void>

let connectionString: string
let runtime: OperationRuntime
/** What the runtime does with a request; each test says it anew. */
let handle: Handle
const errors: unknown[] = []

const options = (): OperationRuntimeOptions => ({
  connectionString,
  handle: (request, durable) => handle(request, durable),
  onTakeOver: async () => undefined,
  onError: (error) => errors.push(error),
  logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  sweepIntervalMs: 100,
  keepMs: 1_000,
})

beforeAll(async () => {
  connectionString = await createTestDatabase('empty')
})
beforeEach(async () => {
  errors.length = 0
  runtime = await startOperationRuntime(options())
})
afterEach(() => runtime.stop())

/** A promise and the function that resolves it. */
function signal<T = void>() {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
const requestOf = (name: string, requestNumber = 0) => ({ operationId: name, requestNumber })

test('a request that is asked for twice is served once', async () => {
  let served = 0
  const done = signal()
  handle = async () => {
    served += 1
  }
  await runtime.enqueue(requestOf('twice'), 'pair-1')
  await runtime.enqueue(requestOf('twice'), 'pair-1')
  handle = async ({ operationId }) => {
    served += operationId === 'twice' ? 1 : 0
    if (operationId === 'after') done.resolve()
  }
  await runtime.enqueue(requestOf('after'), 'pair-1')
  await done.promise
  expect(served).toBe(1)
})

test('requests of one pair are served one after another, those of two pairs side by side', async () => {
  const now = new Set<string>()
  const seen: string[] = []
  const together = signal()
  const all = signal()
  handle = async ({ operationId }) => {
    now.add(operationId)
    seen.push([...now].sort().join(' '))
    if (now.has('other')) together.resolve()
    await together.promise
    now.delete(operationId)
    if (seen.length === 3) all.resolve()
  }
  await runtime.enqueue(requestOf('first'), 'pair-1')
  await runtime.enqueue(requestOf('second'), 'pair-1')
  await runtime.enqueue(requestOf('other'), 'pair-2')
  await all.promise
  expect(seen.some((names) => names.includes('first second'))).toBe(false)
})

test('a checkpoint that completed is not run again when the request is taken up a second time', async () => {
  const runs: string[] = []
  const done = signal<string>()
  let isFirst = true
  handle = async (_, durable) => {
    const result = await durable.checkpoint('one', async () => {
      runs.push('one')
      return 'kept'
    })
    await durable.checkpoint('two', async () => {
      runs.push('two')
      if (isFirst) {
        isFirst = false
        throw new LeftRunning('the process died here')
      }
    })
    done.resolve(result)
  }
  await runtime.enqueue(requestOf('checkpoints'), 'pair-1')
  expect(await done.promise).toBe('kept')
  expect(runs).toEqual(['one', 'two', 'two'])
})

test('a request whose handling met an unexpected error is told of, left, and taken up again', async () => {
  const done = signal()
  const broken = new Error('the store was away')
  let isFirst = true
  handle = async () => {
    if (!isFirst) return done.resolve()
    isFirst = false
    throw broken
  }
  await runtime.enqueue(requestOf('broken'), 'pair-1')
  await done.promise
  expect(errors).toEqual([broken])
})

test('stopping lets go of what runs, and the next start goes on with it', async () => {
  const begun = signal()
  const done = signal()
  handle = async (_, durable) => {
    begun.resolve()
    await new Promise((_resolve, reject) => {
      durable.signal.addEventListener('abort', () => reject(durable.signal.reason))
    })
  }
  await runtime.enqueue(requestOf('stopped'), 'pair-1')
  await begun.promise
  expect(runtime.active()).toEqual(['stopped'])
  await runtime.stop()
  handle = async () => done.resolve()
  runtime = await startOperationRuntime(options())
  await done.promise
})

test('what ended long ago is deleted', async () => {
  const done = signal()
  handle = async () => done.resolve()
  await runtime.enqueue(requestOf('old'), 'pair-1')
  await done.promise
  const rows = () =>
    query(connectionString, `select 1 from durable.workflow_status where workflow_uuid = 'old:0'`)
  await expect.poll(rows, { timeout: 20_000 }).toEqual([])
})

test('a second runtime in one process is refused', async () => {
  await expect(startOperationRuntime(options())).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
})
