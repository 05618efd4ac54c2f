import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { Host } from '@/lib/domain/host'
import type { OperationEvent, OperationId, OperationState, RecordedEvent } from '@/lib/domain/operation'
import { isInFlight } from '@/lib/domain/operation-state'
import { migrateStore } from '@/lib/io/store/migrate'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '@/lib/runtime/embedded-postgres/embedded-postgres'
import { parseEnvironment, toVariables } from '@/lib/runtime/environment'
import { createVerbsGround } from '@/lib/runtime/verbs-ground'
import { createWiring, type Wiring } from '@/lib/runtime/wiring'
import type { ServiceContext } from '@/lib/services/context'
import { startCreate } from '@/lib/services/create/start-create'

const program = fileURLToPath(new URL('../../bin/understudy', import.meta.url))

/** The directory of the lab's application. */
export const vault = {
  id: 'vault',
  title: 'Vault',
  path: '/srv/ledger/vault',
  log: 'rsync_vault.log',
  schedule: '* * * * *',
}

/** A dashboard without its pages: embedded store, verbs in this process, and workers that can be killed. */
export class LabDashboard {
  readonly #workers: ChildProcess[] = []
  #output = ''

  private constructor(
    readonly directory: string,
    private readonly database: EmbeddedPostgres,
    readonly wiring: Wiring,
  ) {}

  /** `profiles` are files of the operator's own, as text by their names. */
  static async open(profiles: Readonly<Record<string, string>> = {}): Promise<LabDashboard> {
    const directory = await mkdtemp(join(tmpdir(), 'understudy-flow-'))
    const database = await startEmbeddedPostgres({ dataDirectory: directory, say: () => undefined })
    await migrateStore(database.connectionString)
    const own = join(directory, 'own-profiles')
    await mkdir(own)
    for (const [name, text] of Object.entries(profiles)) await writeFile(join(own, name), text)
    const variables = {
      DATABASE_URL: database.connectionString,
      UNDERSTUDY_DATA_DIR: directory,
      UNDERSTUDY_PROFILES_DIR: own,
      UNDERSTUDY_LOG_LEVEL: 'debug',
    }
    const environment = await ensureDataDirectory(parseEnvironment(variables, { isRoot: true }))
    return new LabDashboard(directory, database, await createWiring(environment, 'command line'))
  }

  get verbs(): ServiceContext {
    const actor = { kind: 'cli', name: 'ada', role: 'administrator' } as const
    return { ...createVerbsGround(this.wiring), actor, origin: 'a test' }
  }

  /** Starts a worker and resolves when it works. */
  async startWorker(): Promise<ChildProcess> {
    const child = fork(program, ['worker'], {
      env: {
        NODE_ENV: 'production',
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        ...toVariables(this.wiring.environment),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString()
      })
    child.stderr?.pipe(process.stderr)
    this.#workers.push(child)
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the worker ended with ${code} before it worked`)
    })
    await Promise.race([once(child, 'message'), ended])
    ended.catch(() => undefined)
    return child
  }

  /** All that its workers have written. */
  get output(): string {
    return this.#output
  }

  /** SIGKILL to every worker that lives; resolves when they are gone. */
  async killWorkers(): Promise<void> {
    for (const worker of this.#workers.splice(0)) {
      const ended = once(worker, 'exit')
      worker.kill('SIGKILL')
      await ended
    }
  }

  /** As root with a key, or as one who uses sudo, who writes down every command with its arguments. */
  async registerHost(host: LabHost, authKind: 'root' | 'key' | 'password' = 'root'): Promise<Host> {
    const isRoot = authKind === 'root'
    return this.wiring.store.hosts.insert({
      name: host.name,
      address: host.address,
      port: host.port,
      user: isRoot ? 'root' : 'operator',
      authKind: isRoot ? 'key' : authKind,
      hostKeyFingerprint: host.hostKeyFingerprint,
      hostKey: host.hostKey,
      privilege: isRoot ? 'root' : 'sudo',
      machineId: await host.exec('cat /etc/machine-id'),
      home: isRoot ? '/root' : '/home/operator',
      secret:
        authKind === 'password'
          ? { privateKey: null, passphrase: null, password: host.passwords.operator ?? null }
          : { privateKey: host.privateKey, passphrase: null, password: null },
    })
  }

  /** The lab's two hosts as the pair `ledger`, by a create that has ended well; its directory is the vault, copied each minute. */
  async createPair(lab: Lab): Promise<void> {
    const primary = await this.registerHost(lab.host(0), 'key')
    const standby = await this.registerHost(lab.host(1), 'key')
    const { operationId } = await startCreate(this.verbs, {
      slug: 'ledger',
      profileId: 'generic-debian',
      hosts: { primary: primary.id, standby: standby.id },
      scope: { database: true, files: true },
      settings: { walKeepSegments: 32, directories: [vault] },
      acknowledgement: standby.name,
      reason: 'A standby is wanted.',
      idempotencyKey: crypto.randomUUID(),
    })
    const end = await this.endOf(operationId)
    if (end?.type !== 'operation.succeeded') throw new Error(`the create ended with ${JSON.stringify(end)}`)
  }

  /** The last event of an operation that has ended, or that stands. */
  async endOf(id: OperationId): Promise<OperationEvent | undefined> {
    return (await this.until(id, (_, state) => !isInFlight(state))).at(-1)?.event
  }

  /** Resolves with the record as soon as `isSo` says yes of it; the test's own time-out is the limit. */
  async until(
    id: OperationId,
    isSo: (events: readonly RecordedEvent[], state: OperationState) => boolean,
  ): Promise<readonly RecordedEvent[]> {
    const { operations, listen } = this.wiring.store
    let changed: () => void = () => undefined
    const stop = await listen('operations', () => changed())
    try {
      for (;;) {
        const next = new Promise<void>((resolve) => {
          changed = resolve
        })
        const events = await operations.events(id)
        const operation = await operations.find(id)
        if (operation && isSo(events, operation.state)) return events
        await next
      }
    } finally {
      await stop()
    }
  }

  async close(): Promise<void> {
    await this.killWorkers()
    await this.wiring.close()
    await this.database.stop(1_000)
    await rm(this.directory, { recursive: true, force: true })
  }
}

/** Rows that the lab's application has written, as a host of its database tells. */
export const countRows = async (lab: Lab, index: number): Promise<number> =>
  Number(await lab.host(index).sql('select count(*) from entries'))
