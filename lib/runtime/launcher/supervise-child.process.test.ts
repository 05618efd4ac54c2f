import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ChildSpec, type SupervisedChild, superviseChild } from '@/lib/runtime/launcher/supervise-child'

let folder: string
let said: string[]
let running: SupervisedChild[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-child-'))
  said = []
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((child) => child.stop(0)))
  rmSync(folder, { recursive: true, force: true })
})

const until = (isSo: () => boolean) =>
  vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 20_000, interval: 10 })
/** Ready once the child has made the file of that name. */
const madeFile = (name: string) => async (_: ChildProcess, signal: AbortSignal) => {
  while (!existsSync(join(folder, name))) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const supervise = (script: string, more: Partial<ChildSpec> = {}) => {
  const child = superviseChild(
    {
      name: 'worker',
      args: ['-e', script],
      cwd: folder,
      variables: { GREETING: 'hello' },
      logFile: null,
      isReady: async () => undefined,
      ...more,
    },
    (line) => said.push(line),
  )
  running.push(child)
  return child
}
const forever = 'setInterval(() => {}, 1000)'
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a child is ready when it says so, runs with its own variables and place, and writes to its log', async () => {
  const logFile = join(folder, 'worker.log')
  const script = `console.log(process.env.GREETING, process.cwd()); require('fs').writeFileSync('ready', ''); ${forever}`
  const child = supervise(script, { logFile, isReady: madeFile('ready') })
  await child.ready
  expect(child.pid()).toBeGreaterThan(0)
  await until(() => readFileSync(logFile, 'utf8') === `hello ${folder}\n`)
  expect(statSync(logFile).mode & 0o077).toBe(0)
})

test('one that ends before it is ready is not started again: the start fails with where to look', async () => {
  const logFile = join(folder, 'worker.log')
  const child = supervise('process.exit(3)', { logFile, isReady: madeFile('never') })
  await expect(child.ready).rejects.toMatchObject({
    code: 'INTERNAL',
    message: 'The worker could not be started: it ended (3).',
    fix: `Its log says why: ${logFile}`,
  })
  expect(child.pid()).toBeNull()
  expect(said).toEqual([])
})

test('one that dies later is started again, and that is said', async () => {
  const script = `require('fs').appendFileSync('starts', 'x'); ${forever}`
  const child = supervise(script, { isReady: madeFile('starts') })
  await child.ready
  const first = child.pid() ?? 0
  process.kill(first, 'SIGKILL')
  await until(() => ![null, first].includes(child.pid()))
  expect(said).toEqual(['The worker ended (SIGKILL); starting it again in 0.5 s.'])
})

test('one whose log can’t be opened when it is started again is told, tried again, and runs once that is mended', async () => {
  const log = join(folder, 'log')
  const logFile = join(log, 'worker.log')
  const child = supervise(`console.log('up'); require('fs').writeFileSync('ready', ''); ${forever}`, {
    logFile,
    isReady: madeFile('ready'),
  })
  await child.ready
  const first = child.pid() ?? 0
  rmSync(log, { recursive: true })
  writeFileSync(log, 'in its place')
  process.kill(first, 'SIGKILL')
  await until(() => said.length >= 2)
  expect(said[1]).toMatch(/^The worker did not start: EEXIST: .*; starting it again in 1 s\. Its log: /)
  rmSync(log)
  await until(() => ![null, first].includes(child.pid()))
  await until(() => readFileSync(logFile, 'utf8') === 'up\n')
  expect(statSync(log).mode & 0o077).toBe(0)
})

test('one of which nobody can tell whether it is ready is ended, and the start fails with that error', async () => {
  let pid = 0
  const child = supervise(forever, {
    isReady: async (started) => {
      pid = started.pid ?? 0
      throw new Error('no answer can be had')
    },
  })
  await expect(child.ready).rejects.toThrow('no answer can be had')
  expect(isAlive(pid)).toBe(false)
})

test('one that is asked to stop ends in order, and is not started again', async () => {
  const script = `process.on('SIGTERM', () => { require('fs').writeFileSync('in-order', ''); process.exit(0) }); require('fs').writeFileSync('ready', ''); ${forever}`
  const child = supervise(script, { isReady: madeFile('ready') })
  await child.ready
  const pid = child.pid() ?? 0
  await child.stop(10_000)
  expect(existsSync(join(folder, 'in-order'))).toBe(true)
  expect(isAlive(pid)).toBe(false)
  expect(child.pid()).toBeNull()
  expect(said).toEqual([])
})

test('one that does not heed that is killed after its grace', async () => {
  const script = `process.on('SIGTERM', () => {}); require('fs').writeFileSync('ready', ''); ${forever}`
  const child = supervise(script, { isReady: madeFile('ready') })
  await child.ready
  const pid = child.pid() ?? 0
  await child.stop(50)
  expect(isAlive(pid)).toBe(false)
})

test('one that is stopped while it starts is ended too', async () => {
  const child = supervise(`require('fs').writeFileSync('begun', ''); ${forever}`, {
    isReady: madeFile('never'),
  })
  child.ready.catch(() => undefined)
  await until(() => existsSync(join(folder, 'begun')))
  const pid = child.pid() ?? 0
  await child.stop(10_000)
  expect(isAlive(pid)).toBe(false)
})

test('one that is stopped between two starts is not started any more', async () => {
  const script = `require('fs').appendFileSync('starts', 'x'); setTimeout(() => process.exit(1), 20)`
  const child = supervise(script, { isReady: madeFile('starts') })
  await child.ready
  await until(() => said.length === 1)
  await child.stop(10_000)
  expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('x')
})

test('one whose launcher is gone hears of it by the closed channel', async () => {
  const script = `process.on('disconnect', () => require('fs').writeFileSync('orphaned', '')); require('fs').writeFileSync('ready', ''); ${forever}`
  let process_: ChildProcess | null = null
  const child = supervise(script, {
    isReady: async (started, signal) => {
      process_ = started
      await madeFile('ready')(started, signal)
    },
  })
  await child.ready
  ;(process_ as ChildProcess | null)?.disconnect()
  await until(() => existsSync(join(folder, 'orphaned')))
})

test('a log that has grown large is put aside, in place of the one before', async () => {
  const logFile = join(folder, 'worker.log')
  writeFileSync(logFile, 'large')
  truncateSync(logFile, 21 * 1024 ** 2)
  writeFileSync(`${logFile}.1`, 'older')
  const child = supervise(`console.log('new'); require('fs').writeFileSync('ready', ''); ${forever}`, {
    logFile,
    isReady: madeFile('ready'),
  })
  await child.ready
  await until(() => readFileSync(logFile, 'utf8') === 'new\n')
  expect(statSync(`${logFile}.1`).size).toBe(21 * 1024 ** 2)
})
