import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '@/bin/ensure-bundle.mjs'
import type { Harm } from '@/test/matrix/cases'
import type { Begin, Told } from '@/test/matrix/matrix-worker'
import { root } from '@/test/repository/source-files'

const source = 'test/matrix/matrix-worker.ts'
const bundles = join(root, '.bundle')

export type PoolEvent =
  | { readonly type: 'harm'; readonly harm: Harm; readonly worker: ChildProcess }
  | { readonly type: 'twice'; readonly stepId: string }
  | { readonly type: 'gone'; readonly worker: ChildProcess }

/**
 * Real worker processes, one always loaded in reserve: a killed one is followed at once. They are bundled as the command line is: to load
 * the sources would take more than a second of a processor for each.
 */
export class WorkerPool {
  readonly #working = new Set<ChildProcess>()
  #reserve: Promise<ChildProcess> | null = null
  /** What happened since it was asked last, in order. */
  readonly events: PoolEvent[] = []
  /** What the workers have written since all were killed last. */
  output = ''

  private constructor(
    private readonly variables: Readonly<Record<string, string>>,
    private readonly directory: string,
  ) {}

  static async open(variables: Readonly<Record<string, string>>): Promise<WorkerPool> {
    mkdirSync(bundles, { recursive: true })
    const directory = mkdtempSync(join(bundles, 'matrix-'))
    await build(directory, source)
    return new WorkerPool(variables, directory)
  }

  get size(): number {
    return this.#working.size
  }

  async #load(): Promise<ChildProcess> {
    const child = fork(join(this.directory, 'matrix-worker.js'), [], {
      execArgv: [],
      env: { NODE_ENV: 'production', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...this.variables },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    child.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString()
    })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`a worker of the matrix ended with ${code} before it was loaded`)
    })
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => undefined)
    return child
  }

  /** One more worker; resolves when it works. */
  async add(begin: Begin): Promise<void> {
    const child = await (this.#reserve ?? this.#load())
    this.#reserve = this.#load()
    this.#reserve.catch(() => undefined)
    this.#working.add(child)
    child.once('exit', () => {
      this.#working.delete(child)
      this.events.push({ type: 'gone', worker: child })
    })
    const working = new Promise<void>((resolve) => {
      child.on('message', (told: Told) => {
        if (told === 'working') resolve()
        else if (typeof told === 'object')
          this.events.push(
            'harm' in told
              ? { type: 'harm', harm: told.harm, worker: child }
              : { type: 'twice', stepId: told.twice },
          )
      })
    })
    child.send(begin)
    await Promise.race([working, once(child, 'exit')])
  }

  /** SIGKILL to all that work; the one in reserve stays. */
  async killAll(): Promise<void> {
    for (const child of this.#working) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    this.events.length = 0
    this.output = ''
  }

  async close(): Promise<void> {
    await this.killAll()
    const reserve = await this.#reserve?.catch(() => null)
    reserve?.kill('SIGKILL')
    rmSync(this.directory, { recursive: true })
  }
}
