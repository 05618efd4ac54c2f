/** Finds the line `<mark> <group>` in a stream: what comes before it is dropped, what comes behind it is passed on. */
export class Announcement {
  readonly #mark: Buffer
  #held = Buffer.alloc(0)
  #group: number | null = null

  constructor(mark: string) {
    this.#mark = Buffer.from(`${mark} `)
  }

  /** The process group, null until it was announced. */
  get group(): number | null {
    return this.#group
  }

  /** What has come while nothing was announced. */
  get held(): Buffer {
    return this.#held
  }

  /** The part of the chunk that stands behind the announcement. */
  push(chunk: Buffer): Buffer {
    if (this.#group !== null) return chunk
    this.#held = Buffer.concat([this.#held, chunk])
    const start = this.#held.indexOf(this.#mark)
    const end = start < 0 ? -1 : this.#held.indexOf('\n', start)
    if (end < 0) return Buffer.alloc(0)
    this.#group = Number(this.#held.subarray(start + this.#mark.length, end).toString())
    const rest = this.#held.subarray(end + 1)
    this.#held = Buffer.alloc(0)
    return rest
  }
}
