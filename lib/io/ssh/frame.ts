import { quote } from '@/lib/commands/command'

/**
 * Text that makes a kept `sh -s` answer one question: it runs in a subshell without standard input, so that neither `exit`,
 * nor a syntax error, nor a reader of standard input can harm the kept shell. Both streams end with `mark`, the output's also with
 * the exit code. `mark` must be new for each question.
 */
export function frameQuestion(text: string, mark: string): string {
  return `(eval ${quote(text)}) </dev/null\nprintf '\\n%s %s\\n' ${mark} "$?"; printf '\\n%s 0\\n' ${mark} >&2\n`
}

/** Collects one stream's answer until its mark has come. */
export class FrameReader {
  readonly #mark: Buffer
  readonly #chunks: Buffer[] = []
  #length = 0

  constructor(mark: string) {
    this.#mark = Buffer.from(`\n${mark} `)
  }

  get length(): number {
    return this.#length
  }

  /** The answer once it is complete, else null. */
  push(chunk: Buffer): { body: Buffer; exitCode: number } | null {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    // The mark is the last thing of an answer: only a chunk that ends a line can complete it, and a long one holds all of it.
    if (chunk.at(-1) !== 0x0a) return null
    if (chunk.length > this.#mark.length + 4 && chunk.lastIndexOf(this.#mark) < 0) return null
    const all = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    this.#chunks.splice(0, this.#chunks.length, all)
    const at = all.lastIndexOf(this.#mark)
    if (at < 0) return null
    const exitCode = Number(all.subarray(at + this.#mark.length, all.length - 1).toString())
    return Number.isInteger(exitCode) ? { body: all.subarray(0, at), exitCode } : null
  }
}
