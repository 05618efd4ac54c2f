import { expect, test } from 'vitest'
import type { OperationEvent } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import { OperationWriter } from '@/lib/operations/engine/operation-writer'
import { LeftRunning } from '@/lib/operations/engine/ports'
import { systemClock } from '@/lib/time'
import { memoryOperation } from '@/test/harness/memory-operations'
import { toyPlan } from '@/test/harness/toy-operation'

const stepId = 'one'
const succeeded: OperationEvent = { type: 'step.succeeded', stepId, sentence: 'Done.' }

async function begun() {
  const operations = memoryOperation(toyPlan())
  const { seq } = await operations.append('op-1', { type: 'operation.started', mode: 'run' })
  const writer = new OperationWriter(operations, 'op-1', seq, systemClock)
  const written = () => operations.recorded.slice(1).map(({ event }) => event)
  return { operations, writer, written }
}

test('events are written in the order in which they were given, output among them', async () => {
  const { writer, written } = await begun()
  writer.output(stepId, 'first')
  const ended = writer.append(succeeded)
  writer.output(stepId, 'last')
  await ended
  await writer.append({ type: 'step.skipped', stepId, sentence: '' })
  expect(written().map((event) => ('line' in event ? event.line : event.type))).toEqual([
    'first',
    'step.succeeded',
    'last',
    'step.skipped',
  ])
})

test('of a flood of progress the first and the last are kept, and the last before the end', async () => {
  const { writer, written } = await begun()
  for (let doneBytes = 0; doneBytes <= 1_000; doneBytes += 1)
    writer.progress(stepId, { label: 'copied', doneBytes, totalBytes: 1_000 })
  await writer.append(succeeded)
  expect(written().map((event) => ('progress' in event ? event.progress.doneBytes : event.type))).toEqual([
    0,
    1_000,
    'step.succeeded',
  ])
})

test('of several things that are copied at once each has its own progress', async () => {
  const { writer, written } = await begun()
  writer.progress(stepId, { label: 'Vault', doneBytes: 1, totalBytes: null })
  for (const label of ['Vault', 'Settings'])
    for (const doneBytes of [2, 3]) writer.progress(stepId, { label, doneBytes, totalBytes: null })
  await writer.append(succeeded)
  expect(
    written().flatMap((event) =>
      'progress' in event ? [`${event.progress.label} ${event.progress.doneBytes}`] : [],
    ),
  ).toEqual(['Vault 1', 'Vault 3', 'Settings 3'])
})

test('a step that prints without end fills the record to a limit, and says so', async () => {
  const { writer, written } = await begun()
  for (let line = 0; line < 2_000; line += 1) writer.output(stepId, 'x'.repeat(5_000))
  await writer.append(succeeded)
  const lines = written().flatMap((event) => ('line' in event ? [event.line] : []))
  expect(lines).toHaveLength(500)
  expect(lines[0]).toHaveLength(2_000)
  expect(lines.at(-1)).toContain('not kept here')
})

test('whoever was taken over writes nothing more and lets go', async () => {
  const { operations, writer, written } = await begun()
  await operations.append('op-1', { type: 'operation.started', mode: 'resume' })
  await expect(writer.append(succeeded)).rejects.toBeInstanceOf(LeftRunning)
  await expect(writer.append(succeeded)).rejects.toBeInstanceOf(LeftRunning)
  expect(writer.lost.aborted).toBe(true)
  expect(written().map(({ type }) => type)).toEqual(['operation.started'])
})

test('a record that cannot be written stops the step at once', async () => {
  const full = new AppError('STORE_FULL', 'The store’s disk is full.')
  const writer = new OperationWriter(
    { append: () => Promise.reject(full), events: async () => [] },
    'op-1',
    1,
    systemClock,
  )
  writer.output(stepId, 'a line')
  await expect(writer.append(succeeded)).rejects.toMatchObject({ cause: full })
})

test('a secret is in nothing that is recorded: no output, sentence or error', async () => {
  const { writer, written } = await begun()
  writer.hideBy((text) => text.replaceAll('hunter22', '••••••'))
  writer.output(stepId, 'psql said hunter22')
  await writer.append({ type: 'step.succeeded', stepId, sentence: 'It is hunter22.' })
  const { message, fix } = new AppError('STEP_FAILED', 'hunter22 was wrong.', { fix: 'Not hunter22.' })
  await writer.append({ type: 'step.failed', stepId, error: { code: 'STEP_FAILED', message, fix } })
  expect(written()).toHaveLength(3)
  expect(JSON.stringify(written())).not.toContain('hunter22')
  expect(JSON.stringify(written()).match(/••••••/g)).toHaveLength(4)
})
