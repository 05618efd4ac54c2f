import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OperationId, RecordedEvent } from '@/lib/domain/operation'
import { stepStates } from '@/lib/domain/operation-state'
import type { OperationVerb } from '@/lib/domain/operation-verbs'
import { askOperation } from '@/lib/operations/ask-operation'
import { breakStep, mendStep, readEffects, readHappened, toyStepIds } from '@/test/harness/toy-operation'
import { ToyStage } from '@/test/harness/toy-workers'

let toy: ToyStage
beforeEach(async () => {
  toy = await ToyStage.open(300)
})
afterEach(() => toy.close())

const ask = (operationId: OperationId, verb: OperationVerb) =>
  toy.stage.store.transaction(({ operations }) =>
    askOperation(operations, { operationId, verb, by: 'ada', why: 'A test.' }),
  )
/** The effects that are there now; throws when one was made twice. All read from the world, not from the record. */
const effects = () => readEffects(toy.world)
/** The steps that had an effect, as often as they had it. */
const made = async () =>
  (await readHappened(toy.world))
    .filter((line) => line.startsWith('effect '))
    .map((line) => line.slice('effect '.length))
const modes = (events: readonly RecordedEvent[]) =>
  events.flatMap(({ event }) => (event.type === 'operation.started' ? [event.mode] : []))
const states = async (id: OperationId) => {
  const operation = await toy.stage.store.operations.find(id)
  if (!operation) throw new Error(`no operation ${id}`)
  return stepStates(operation.plan, await toy.stage.store.operations.events(id)).map(({ state }) => state)
}

describe('a worker', () => {
  test('takes up what is asked for in the store at once, and ends it', async () => {
    await toy.startWorker()
    const begunAt = Date.now()
    const id = await toy.insertOperation()
    await toy.until(id, (events) => events.length > 0)
    expect(Date.now() - begunAt).toBeLessThan(1_500)
    await toy.untilState(id, 'succeeded')
    expect(await made()).toEqual(toyStepIds)
    expect(await states(id)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
  })

  test.each(toyStepIds)(
    'killed while %s acts: the next one ends it, and nothing is done twice',
    async (stepId) => {
      const first = await toy.startWorker()
      const id = await toy.insertOperation()
      await toy.untilActing(id, stepId)
      await first.signal('SIGKILL')
      await toy.startWorker()
      const events = await toy.untilState(id, 'succeeded')
      expect(await made()).toEqual(toyStepIds)
      expect(modes(events)).toEqual(['run', 'resume'])
    },
  )

  test('killed beside a living one: that one takes over by itself', async () => {
    await toy.startWorker()
    await toy.startWorker()
    const id = await toy.insertOperation()
    await toy.untilActing(id, 'two')
    const { owner } = await toy.ownerOf(id)
    await owner.signal('SIGKILL')
    await toy.untilState(id, 'succeeded')
    expect(await made()).toEqual(toyStepIds)
  })

  test('that freezes is taken over, and does no harm when it goes on', async () => {
    await toy.startWorker({ frozenAfterMs: 1_500 })
    await toy.startWorker({ frozenAfterMs: 1_500 })
    const id = await toy.insertOperation()
    await toy.untilActing(id, 'two')
    const { owner, other } = await toy.ownerOf(id)
    await owner.signal('SIGSTOP')
    await toy.untilState(id, 'succeeded')
    await owner.signal('SIGCONT')
    const second = await toy.insertOperation()
    await other.signal('SIGKILL')
    await toy.untilState(second, 'succeeded')
    expect(await effects()).toEqual(toyStepIds)
    expect(await states(id)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
  })

  test('that is asked to stop lets go within its time, and the next one goes on', async () => {
    const first = await toy.startWorker()
    const id = await toy.insertOperation()
    await toy.untilActing(id, 'three')
    expect(await first.signal('SIGTERM')).toBeLessThan(2_500)
    expect((await toy.stage.store.operations.find(id))?.state).toBe('running')
    await toy.startWorker()
    await toy.untilState(id, 'succeeded')
    expect(await made()).toEqual(toyStepIds)
  })

  test('whose sessions on the store are all cut goes on by itself', async () => {
    await toy.startWorker()
    const id = await toy.insertOperation()
    await toy.untilActing(id, 'two')
    await toy.dropSessions()
    await toy.untilState(id, 'succeeded')
    expect(await made()).toEqual(toyStepIds)
  })

  test('that was away for longer than the operation allows leaves it to an operator', async () => {
    const first = await toy.startWorker()
    const id = await toy.insertOperation()
    await toy.untilActing(id, 'two')
    await first.signal('SIGKILL')
    await toy.startWorker({ silentMsMax: 0 })
    await toy.untilState(id, 'interrupted')
    expect(await made()).toEqual(['one'])
  })
})

describe('workers', () => {
  test('that start together on a new store do not hinder each other', async () => {
    await Promise.all([toy.startWorker(), toy.startWorker(), toy.startWorker()])
    const ids = await Promise.all([toy.insertOperation(), toy.insertOperation(), toy.insertOperation()])
    for (const id of ids) await toy.untilState(id, 'succeeded')
  })

  test('that come back too late leave a request that waited for them to an operator, who resumes it', async () => {
    const id = await toy.insertOperation()
    await toy.startWorker({ silentMsMax: 0 })
    await toy.untilState(id, 'interrupted')
    await toy.startWorker()
    expect(await effects()).toEqual([])
  })
})

describe('an operation', () => {
  test('keeps every other off its pair until it has ended', async () => {
    const id = await toy.insertOperation()
    const operation = await toy.stage.store.operations.find(id)
    if (!operation) throw new Error('no operation')
    const plan = { ...operation.plan, operationId: crypto.randomUUID() }
    const another = () => toy.stage.store.operations.insert({ ...operation, plan })
    await expect(another()).rejects.toMatchObject({ code: 'PAIR_BUSY' })
    await toy.startWorker()
    await toy.untilState(id, 'succeeded')
    await expect(another()).resolves.toMatchObject({ state: 'queued' })
  })

  test('that is cancelled stops within a second, and undo takes all of it back', async () => {
    await toy.startWorker()
    const id = await toy.insertOperation()
    await toy.untilActing(id, 'three')
    const begunAt = Date.now()
    await ask(id, 'cancel')
    await toy.untilState(id, 'cancelled')
    expect(Date.now() - begunAt).toBeLessThan(1_000)
    expect(await effects()).toEqual(['one', 'two'])
    await ask(id, 'undo')
    await toy.untilState(id, 'undone')
    expect(await effects()).toEqual([])
  })

  test('whose cancel was asked for while no worker lived is cancelled by the next one', async () => {
    const first = await toy.startWorker()
    const id = await toy.insertOperation()
    await toy.untilActing(id, 'two')
    await first.signal('SIGKILL')
    await ask(id, 'cancel')
    await toy.startWorker()
    await toy.untilState(id, 'cancelled')
    expect(await effects()).toEqual(['one'])
  })

  test('that failed stands there: resumed after it was mended it does only what is missing', async () => {
    await toy.startWorker()
    await breakStep(toy.world, 'three')
    const id = await toy.insertOperation()
    await toy.untilState(id, 'failed')
    expect(await states(id)).toEqual(['succeeded', 'succeeded', 'failed', 'pending'])
    await mendStep(toy.world, 'three')
    await ask(id, 'resume')
    await toy.untilState(id, 'succeeded')
    expect(await states(id)).toEqual(['skipped', 'skipped', 'succeeded', 'succeeded'])
    expect(await made()).toEqual(toyStepIds)
  })

  test('that undoes itself is taken back when it fails and when it is cancelled, without anybody asking', async () => {
    await toy.startWorker()
    await breakStep(toy.world, 'three')
    const failed = await toy.insertOperation({ undoesItself: true })
    const events = await toy.untilState(failed, 'undone')
    expect(events.flatMap(({ event }) => (event.type === 'operation.requested' ? [event.by] : []))).toEqual([
      'Understudy',
    ])
    expect(await effects()).toEqual([])
    await mendStep(toy.world, 'three')
    const cancelled = await toy.insertOperation({ undoesItself: true })
    await toy.untilActing(cancelled, 'two')
    await ask(cancelled, 'cancel')
    await toy.untilState(cancelled, 'undone')
    expect(await effects()).toEqual([])
  })

  test('whose worker is killed in the middle of an undo is undone by the next one', async () => {
    const first = await toy.startWorker()
    await breakStep(toy.world, 'four')
    const id = await toy.insertOperation()
    await toy.untilState(id, 'failed')
    await ask(id, 'undo')
    const isUndoing = ({ event }: RecordedEvent) =>
      event.type === 'step.undo-started' && event.stepId === 'two'
    await toy.until(id, (events) => events.some(isUndoing))
    await first.signal('SIGKILL')
    await toy.startWorker()
    await toy.untilState(id, 'undone')
    expect(await effects()).toEqual([])
    const undone = (await readHappened(toy.world)).filter((line) => line.startsWith('undo '))
    expect(undone).toEqual(['undo three', 'undo two', 'undo one'])
  })

  test('past its point of no return is not cancelled and not undone, and goes to its end', async () => {
    await toy.startWorker()
    const id = await toy.insertOperation({}, 'two')
    await toy.untilActing(id, 'three')
    await expect(ask(id, 'cancel')).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
    await toy.untilState(id, 'succeeded')
    expect(await made()).toEqual(toyStepIds)
  })
})
