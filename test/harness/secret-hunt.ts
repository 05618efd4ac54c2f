import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { LabHost } from '@/lab/lab-host'
import { runWithInput } from '@/lab/run-command'

/** A secret by the name that a test tells it by. */
export type Secrets = Readonly<Record<string, string>>

const pauseMs = 5
/** A process is young until it has become what it was started for: read in every round, later in every fiftieth. */
const youngMs = 2_000
const oldRounds = 50

/**
 * Reads the arguments and the environment of every process of this machine, again and again until it is stopped. The processes of
 * the lab's hosts are among them: they are containers. Nobody's environment is left out.
 */
export class ProcessReader {
  /** Every text that was seen, with where. */
  readonly seen = new Map<string, string>()
  readonly #born = new Map<number, number>()
  readonly #running: Promise<void>
  #isEnded = false
  #rounds = 0

  constructor() {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#isEnded = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#isEnded) {
      this.#rounds += 1
      const now = performance.now()
      for (const name of readdirSync('/proc')) {
        const pid = Number(name)
        if (!(pid > 0)) continue
        const born = this.#born.get(pid) ?? now
        this.#born.set(pid, born)
        if (now - born < youngMs || (this.#rounds + pid) % oldRounds === 0) this.#read(pid)
      }
      await sleep(pauseMs)
    }
  }

  #read(pid: number): void {
    for (const [file, what] of [
      ['cmdline', 'the arguments'],
      ['environ', 'the environment'],
    ] as const)
      try {
        const text = readFileSync(`/proc/${pid}/${file}`, 'utf8')
        if (!this.seen.has(text)) this.seen.set(text, `${what} of ${nameOf(pid)}`)
      } catch {
        // It has ended meanwhile.
      }
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return `process ${pid}`
  }
}

/** As it is, and as it looks where bytes are written as letters. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
]

const linesOf = (secrets: Secrets) =>
  Object.entries(secrets).flatMap(([name, secret]) => formsOf(secret).map((form) => ({ name, form })))

/** Which of them stand in the text, as `NAME in PLACE`. */
const namesIn = (secrets: Secrets, text: string, place: string): readonly string[] => [
  ...new Set(
    linesOf(secrets)
      .filter(({ form }) => text.includes(form))
      .map(({ name }) => `${name} in ${place}`),
  ),
]

export const findInProcesses = (secrets: Secrets, { seen }: ProcessReader): readonly string[] =>
  [...seen].flatMap(([text, place]) => namesIn(secrets, text, place))

/** Runs shell text with its standard input; whatever its exit code. */
type Shell = (text: string, input: string) => Promise<string>

/** Files that hold one of the secrets, as `NAME in a file: MODE OWNER PATH`. What is looked for goes in on standard input. */
async function findInFiles(secrets: Secrets, places: string, shell: Shell): Promise<readonly string[]> {
  const lines = linesOf(secrets)
  const wordsOf = (name?: string) =>
    lines.flatMap((line) => (name === undefined || line.name === name ? [`${line.form}\n`] : [])).join('')
  const paths = (await shell(`grep -rlaF -D skip -f - -- ${places} 2>/dev/null`, wordsOf()))
    .split('\n')
    .filter(Boolean)
  const found: string[] = []
  for (const path of paths)
    for (const name of Object.keys(secrets)) {
      const held = await shell(
        `grep -qaF -f - -- '${path}' && stat -c '%a %U %n' -- '${path}'`,
        wordsOf(name),
      )
      if (held !== '') found.push(`${name} in a file: ${held.trim()}`)
    }
  return found
}

/** Everything that is kept on a host: its files, PostgreSQL's and its logs among them, and its journal in clear. */
export async function findOnHost(secrets: Secrets, host: LabHost): Promise<readonly string[]> {
  // sudo(8) writes every command with its arguments there, and the journal who wrote, with its own.
  const journal = await host.exec('journalctl --no-pager --all --output=export', { timeoutMs: 120_000 })
  const files = await findInFiles(
    secrets,
    '/etc /home /opt /root /run /srv /tmp /usr/local /var',
    async (text, input) => (await host.tryExec(text, { input, timeoutMs: 120_000 })).stdout,
  )
  return [...files, ...namesIn(secrets, journal, 'the journal')]
}

/** Files below a directory of this machine. */
export const findInDirectory = (secrets: Secrets, directory: string): Promise<readonly string[]> =>
  findInFiles(
    secrets,
    `'${directory}'`,
    async (text, input) => (await runWithInput('sh', ['-c', text], { input, timeoutMs: 60_000 })).stdout,
  )

/** Every column of every table, the durable runtime's own among them. */
export async function findInStore(secrets: Secrets, connectionString: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    const found: string[] = []
    for (const { name } of tables)
      for (const line of linesOf(secrets)) {
        const { rows } = await client.query<{ held: boolean }>(
          `select exists (select from ${name} as kept where position($1 in kept::text) > 0) as held`,
          [line.form],
        )
        if (rows[0]?.held) found.push(`${line.name} in ${name}`)
      }
    return found
  } finally {
    await client.end()
  }
}

/** What one of our processes wrote. */
export const findInOutput = (secrets: Secrets, output: string): readonly string[] =>
  namesIn(secrets, output, 'the output of Understudy')
