import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from '@/lib/commands/command'
import type { Privilege } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import type { CommandResult, DatabaseTarget, DoorState, KeptDoor, Row } from '@/lib/ports/host-door'

const since = '2026-11-23T03:00:00.000Z'
export const connected: DoorState = { state: 'connected', since }
export const connecting: DoorState = { state: 'connecting', since }
export const failed = (error: AppError): DoorState => ({ state: 'failed', error, since })

/** What a door answers to a command: an outcome, standard output alone, or an error that is thrown. */
export type Answer =
  | string
  | { readonly exitCode: number; readonly stdout?: string; readonly stderr?: string }
  | Error
  | Promise<string>

const toResult = async (answer: Answer): Promise<CommandResult> => {
  const settled = await answer
  if (settled instanceof Error) throw settled
  const outcome = typeof settled === 'string' ? { exitCode: 0, stdout: settled } : settled
  return { stdout: '', stderr: '', tookMs: 1, ...outcome }
}

const refuse = () => {
  throw new Error('this door has no script for that')
}

/** A door that answers by a script and remembers what it was asked; for what stands above the transport. */
export class ScriptedDoor implements KeptDoor {
  readonly hostId = 'host-1'
  readonly hostName = 'db1'
  readonly address = '10.0.0.1'
  privilege: Privilege = 'sudo'
  current: DoorState = connected
  readonly asked: Command[] = []
  readonly ran: Command[] = []
  readonly targets: DatabaseTarget[] = []
  readonly statements: string[] = []
  closed = 0
  isSessionOpen = true
  onAsk: (command: Command) => Answer = () => ''
  onRun: (command: Command) => Answer = () => ''
  onOpen: (target: DatabaseTarget) => Promise<void> = async () => undefined
  onQuery: (text: string) => readonly Row[] | Promise<readonly Row[]> = () => []

  state = () => this.current
  async ask(command: Command) {
    this.asked.push(command)
    return toResult(this.onAsk(command))
  }
  async run(command: Command) {
    this.ran.push(command)
    return toResult(this.onRun(command))
  }
  async runOrThrow(command: Command) {
    const result = await this.run(command)
    if (result.exitCode === 0) return result
    throw new AppError('HOST_COMMAND_FAILED', 'A command on db1 failed.', {
      fix: 'Look.',
      detail: result.stderr,
    })
  }
  async database(target: DatabaseTarget) {
    this.targets.push(target)
    await this.onOpen(target)
    this.isSessionOpen = true
    return {
      query: async (text: string) => {
        this.statements.push(text)
        return this.onQuery(text)
      },
      isOpen: () => this.isSessionOpen,
      close: async () => {
        this.closed += 1
      },
    }
  }
  writeFile = refuse
  readFile = refuse
  startJob = refuse
  jobState = refuse
  jobOutput = refuse
  endJob = refuse
  forgetJob = refuse
}

/** A promise that is settled from outside. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

/** What PostgreSQL 15 answered about itself, as it was recorded. */
export function recordedServer(name: 'primary' | 'standby'): unknown {
  const file = fileURLToPath(new URL(`../recorded/server/pg15-${name}-owner.json`, import.meta.url))
  return JSON.parse(readFileSync(file, 'utf8'))
}
