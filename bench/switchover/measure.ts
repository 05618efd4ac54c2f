import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { asPostgres, awaitStreaming, type BenchPair, binDirectory } from '@/bench/pair/bench-pair'
import { type Acknowledged, longestGap } from '@/bench/switchover/longest-gap'
import { awaitFact } from '@/lab/await-fact'

export type SwitchOverFigures = {
  /** Longest time between two acknowledged rows around the switch: what a client could not write. */
  readonly gapMs: number
  /** From the command until the old primary streams from the new one. */
  readonly streamingMs: number
  /** Acknowledged rows that the new primary has not. */
  readonly lost: number
}

const warmUpRows = 200

/** About 500 transactions a second beside the writing client, until their server stops. */
const startLoad = ({ primary }: BenchPair) =>
  primary.exec(
    `(${binDirectory}/pgbench -n -R 500 -c 8 -T 600 ledger) >/dev/null 2>&1 </dev/null &`,
    asPostgres,
  )

class WritingClient {
  readonly acknowledged: Acknowledged[] = []
  readonly #process: ChildProcess

  constructor(addresses: readonly string[]) {
    const program = fileURLToPath(new URL('writing-client.ts', import.meta.url))
    this.#process = spawn(process.execPath, ['--import', 'tsx', program, ...addresses], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let rest = ''
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const [id, at] = line.split(' ').map(Number)
        if (id !== undefined && at !== undefined) this.acknowledged.push({ id, at })
      }
    })
  }

  /** Resolves once so many more rows are acknowledged. */
  async awaitRows(count: number): Promise<void> {
    const wanted = this.acknowledged.length + count
    await awaitFact(`${wanted} acknowledged rows`, () => this.acknowledged.length >= wanted, {
      timeoutMs: 60_000,
    })
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return
    this.#process.stdin?.end()
    await once(this.#process, 'exit')
  }
}

/** One switch over under a writing client; `switchOver` begins it and resolves when its command has ended. */
export async function measureSwitchOver(
  pair: BenchPair,
  switchOver: () => Promise<void>,
): Promise<SwitchOverFigures> {
  const { primary, standby } = pair
  await startLoad(pair)
  const client = new WritingClient([primary.address, standby.address])
  try {
    await client.awaitRows(warmUpRows)
    const begunAt = Date.now()
    const streams = awaitStreaming(primary, standby).then(() => Date.now() - begunAt)
    const [, streamingMs] = await Promise.all([switchOver(), streams])
    await client.awaitRows(warmUpRows)
    await client.end()
    const there = new Set((await standby.sql('select id from written')).split('\n').map(Number))
    const lost = client.acknowledged.filter(({ id }) => !there.has(id)).length
    return { gapMs: longestGap(client.acknowledged, begunAt), streamingMs, lost }
  } finally {
    await client.end()
  }
}
