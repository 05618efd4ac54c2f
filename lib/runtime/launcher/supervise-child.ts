import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@/lib/errors'

export type ChildSpec = {
  /** For the operator: `web`, `worker`. */
  readonly name: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly variables: Readonly<Record<string, string>>
  /** Where its output is appended; null: to our own standard output. */
  readonly logFile: string | null
  /** Resolves once the child does its work; looked at after each start. */
  readonly isReady: (child: ChildProcess, signal: AbortSignal) => Promise<void>
}

export type SupervisedChild = {
  /** The first start. Rejects when the child ended, or was not ready in time. */
  readonly ready: Promise<void>
  /** The living process, null between two starts. */
  pid(): number | null
  /** SIGTERM, then SIGKILL after `graceMs`. Returns when it is gone. */
  stop(graceMs: number): Promise<void>
}

const readyTimeoutMs = 60_000
const backoffMs = { first: 500, max: 30_000, forgottenAfter: 60_000 }
const logMaxBytes = 20 * 1024 ** 2

/**
 * Runs `node <args>` in a session of its own (Ctrl-C reaches us alone, we end it in order) and starts it again when it
 * dies, later each time, and says so; where that fails (no room for its log, no process to be had) it is tried again too.
 * It notices our death by its IPC channel closing.
 */
export function superviseChild(spec: ChildSpec, say: (line: string) => void): SupervisedChild {
  const stopping = new AbortController()
  let child: ChildProcess | null = null
  let readyOnce = false

  async function runOnce(): Promise<string> {
    const running = await launch(spec)
    child = running
    if (stopping.signal.aborted) running.kill('SIGTERM')
    const ended = once(running, 'exit').then(([code, signal]) => `ended (${code ?? signal})`)
    const waiting = new AbortController()
    try {
      const first = await Promise.race([ended, awaitReady(spec, running, waiting.signal)])
      if (first !== null) return first
      if (!readyOnce) resolveReady()
      readyOnce = true
      return await ended
    } finally {
      waiting.abort()
      // Of one that was given up: nothing would end it later.
      running.kill('SIGKILL')
      await ended
      child = null
    }
  }

  let resolveReady: () => void = () => undefined
  let rejectReady: (error: unknown) => void = () => undefined
  const ready = new Promise<void>((resolve, reject) => {
    resolveReady = resolve
    rejectReady = reject
  })

  async function keepRunning(): Promise<void> {
    let waitMs = backoffMs.first
    while (!stopping.signal.aborted) {
      const since = Date.now()
      const how = await runOnce().catch((error: unknown) => {
        if (!readyOnce) throw error
        return `did not start: ${reasonOf(error)}`
      })
      if (stopping.signal.aborted) return
      if (!readyOnce) throw neverReady(spec, how)
      if (Date.now() - since > backoffMs.forgottenAfter) waitMs = backoffMs.first
      say(`The ${spec.name} ${how}; starting it again in ${waitMs / 1000} s.${logHint(spec)}`)
      await pause(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      waitMs = Math.min(waitMs * 2, backoffMs.max)
    }
  }

  const done = keepRunning().catch(rejectReady)
  return {
    ready,
    pid: () => child?.pid ?? null,
    stop: async (graceMs) => {
      stopping.abort()
      const living = child
      living?.kill('SIGTERM')
      const killer = setTimeout(() => living?.kill('SIGKILL'), graceMs)
      await done
      clearTimeout(killer)
    },
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const logHint = (spec: ChildSpec): string => (spec.logFile ? ` Its log: ${spec.logFile}` : '')

const neverReady = (spec: ChildSpec, how: string) =>
  new AppError('INTERNAL', `The ${spec.name} could not be started: it ${how}.`, {
    fix: spec.logFile ? `Its log says why: ${spec.logFile}` : 'What it wrote above says why.',
  })

/** Null when it is ready, or when `signal` says that nobody waits any more; else why it is given up. Throws what `isReady` throws. */
async function awaitReady(spec: ChildSpec, child: ChildProcess, signal: AbortSignal): Promise<string | null> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(readyTimeoutMs)])
  try {
    await spec.isReady(child, bounded)
    return null
  } catch (error) {
    if (signal.aborted) return null
    if (!bounded.aborted) throw error
    return `was not ready after ${readyTimeoutMs / 1000} s`
  }
}

async function launch(spec: ChildSpec): Promise<ChildProcess> {
  const log = spec.logFile === null ? null : await openLog(spec.logFile)
  const output = log?.fd ?? 'inherit'
  try {
    const child = spawn(process.execPath, [...spec.args], {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.variables },
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    })
    await once(child, 'spawn')
    return child
  } finally {
    await log?.close()
  }
}

/**
 * Appends; what is there is put aside first when it has grown large, in place of what was put aside before. Its folder is made
 * where somebody has removed it.
 */
async function openLog(path: string) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size > logMaxBytes) await rename(path, `${path}.1`)
  return open(path, 'a', 0o600)
}
