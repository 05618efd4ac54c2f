import { StringDecoder } from 'node:string_decoder'

/** Longer lines are handed on in pieces: a progress bar without newline must not fill the memory. */
const lineMax = 64 * 1024

/** Hands on whole lines of a byte stream; `\r` alone also ends a line, as progress displays use it. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  constructor(readonly onLine: (line: string) => void) {}

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.onLine(line)
    if (this.#rest.length > lineMax) this.flush()
  }

  flush(): void {
    const last = (this.#rest + this.#decoder.end()).replace(/\r$/, '')
    this.#rest = ''
    if (last !== '') this.onLine(last)
  }
}
