import { randomBytes } from 'node:crypto'
import type { ClientChannel } from 'ssh2'
import type { RunAs } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import { becomeUser, type Login } from '@/lib/commands/remote-shell'
import { AppError } from '@/lib/errors'
import type { Connection } from '@/lib/io/ssh/connection'
import { FrameReader, frameQuestion } from '@/lib/io/ssh/frame'
import { type Answer, endGroup, notStarted, rootRefused } from '@/lib/io/ssh/run'
import { Slots } from '@/lib/io/ssh/slots'

type Host = { readonly label: string; readonly login: Login }

/** An answer longer than this belongs into `run`. */
const answerBytesMax = 8 * 1024 * 1024

type Shell = {
  readonly channel: ClientChannel
  group: number | null
  stderr: string
  exitCode: number | null
}

/**
 * One open `sh -s` that answers short questions one at a time. A question that takes too long costs the shell: its process
 * group is ended and the next question opens a new one.
 */
export class KeptShell {
  readonly #connection: Connection
  readonly #host: Host
  readonly #as: RunAs
  readonly #turn = new Slots(1)
  #shell: Promise<Shell> | null = null

  constructor(connection: Connection, host: Host, as: RunAs) {
    this.#connection = connection
    this.#host = host
    this.#as = as
  }

  /** Asks; `timeoutMs` counts from now, the wait for other questions included. Throws AppError HOST_*. */
  async ask(text: string, timeoutMs: number): Promise<Answer> {
    const startedAt = performance.now()
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(this.#tooSlow(timeoutMs)), timeoutMs)
    try {
      const giveBack = await this.#turn.take(limit.signal)
      try {
        const { exitCode, stdout, stderr } = await this.#answer(text, limit.signal)
        return { exitCode, stdout, stderr, tookMs: performance.now() - startedAt }
      } finally {
        giveBack()
      }
    } finally {
      clearTimeout(timer)
    }
  }

  async #answer(text: string, signal: AbortSignal) {
    const opening = this.#open()
    const mark = `understudy-${randomBytes(8).toString('hex')}`
    return new Promise<{ exitCode: number; stdout: Buffer; stderr: Buffer }>((resolve, reject) => {
      const stopListening = this.#connection.onClose((why) => settle(() => reject(why)))
      const onAbort = () => settle(() => reject(signal.reason), true)
      let stop: () => void = () => undefined
      const settle = (then: () => void, isBroken = false) => {
        stopListening()
        signal.removeEventListener('abort', onAbort)
        stop()
        if (isBroken) this.#discard(opening)
        then()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      opening.then(
        (shell) => {
          if (signal.aborted) return
          stop = listen(shell, mark, (answer) =>
            answer ? settle(() => resolve(answer)) : settle(() => reject(this.#broken(shell)), true),
          )
          shell.channel.write(frameQuestion(text, mark))
        },
        (error: unknown) => settle(() => reject(error), true),
      )
    })
  }

  #open(): Promise<Shell> {
    this.#shell ??= this.#start()
    return this.#shell
  }

  async #start(): Promise<Shell> {
    const text = becomeUser('sh -s', this.#as, this.#host.login)
    if (text === null) throw rootRefused(this.#host, 'an unprivileged login user')
    const channel = await this.#connection.exec(text)
    const shell: Shell = { channel, group: null, stderr: '', exitCode: null }
    channel.on('error', () => undefined)
    channel.on('exit', (code: number | null) => {
      shell.exitCode = code
    })
    const mark = `understudy-${randomBytes(8).toString('hex')}`
    return new Promise((resolve, reject) => {
      const stop = listen(shell, mark, (answer) => {
        stop()
        if (!answer) return reject(notStarted(this.#host, this.#as, shell.exitCode ?? -1, shell.stderr))
        // Whatever start-up files printed stands before the last line.
        shell.group = Number(answer.stdout.toString().trim().split('\n').at(-1))
        resolve(shell)
      })
      channel.write(frameQuestion('read -r _ _ _ _ group _ </proc/$$/stat; echo "$group"', mark))
    })
  }

  #discard(opening: Promise<Shell>): void {
    if (this.#shell === opening) this.#shell = null
    opening.then(
      async (shell) => {
        await endGroup(this.#connection, this.#host, this.#as, shell.group)
        shell.channel.close()
      },
      () => undefined,
    )
  }

  #tooSlow(timeoutMs: number): AppError {
    return new AppError(
      'HOST_COMMAND_TIMED_OUT',
      `${this.#host.label} did not answer a question within ${timeoutMs / 1000} s.`,
      { fix: 'Look at the host’s load and disks, then try again.' },
    )
  }

  #broken(shell: Shell): AppError {
    return new AppError(
      'HOST_CONNECTION_LOST',
      `The kept shell on ${this.#host.label} ended in the middle of an answer.`,
      {
        fix: 'A new one is opened at the next question.',
        detail: `exit code ${String(shell.exitCode)}; ${lastSaid(shell.stderr)}`,
      },
    )
  }
}

type FramedAnswer = { readonly exitCode: number; readonly stdout: Buffer; readonly stderr: Buffer }

/** Reads one framed answer from both streams; null when the shell ended first or says too much. Returns how to stop. */
function listen(shell: Shell, mark: string, onAnswer: (answer: FramedAnswer | null) => void): () => void {
  const readers = { stdout: new FrameReader(mark), stderr: new FrameReader(mark) }
  const bodies: { stdout: Buffer | null; stderr: Buffer | null } = { stdout: null, stderr: null }
  let exitCode = 0
  const take = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
    if (stream === 'stderr') shell.stderr = (shell.stderr + chunk.toString()).slice(-2000)
    const whole = readers[stream].push(chunk)
    if (whole) bodies[stream] = whole.body
    if (whole && stream === 'stdout') exitCode = whole.exitCode
    const { stdout, stderr } = bodies
    if (stdout && stderr) onAnswer({ exitCode, stdout, stderr })
    else if (readers[stream].length > answerBytesMax) onAnswer(null)
  }
  const onOut = take('stdout')
  const onErr = take('stderr')
  const onClose = () => onAnswer(null)
  shell.channel.on('data', onOut).on('close', onClose)
  shell.channel.stderr.on('data', onErr)
  return () => {
    shell.channel.off('data', onOut).off('close', onClose)
    shell.channel.stderr.off('data', onErr)
  }
}
