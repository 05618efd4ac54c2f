import { once } from 'node:events'
import { buildRegistry } from '@/lib/operations/build-registry'
import type { OperationKindDefinition, OperationRegistry } from '@/lib/operations/registry'
import { ensureDataDirectory } from '@/lib/runtime/data-directory'
import { parseEnvironment } from '@/lib/runtime/environment'
import { operationPorts } from '@/lib/runtime/operation-ports'
import { createWiring } from '@/lib/runtime/wiring'
import { startWorkerOperations } from '@/lib/runtime/worker-operations'
import type { Harm } from '@/test/matrix/cases'
import { brokenOnPurpose, harmSteps, type Inflict } from '@/test/matrix/harm-steps'

/** What the matrix tells a worker process, once it is needed: until then it is loaded and waits. */
export type Begin = { readonly harms: readonly Harm[]; readonly twice: boolean }
/** What a worker tells: that it works, or what is about to happen to it. */
export type Told = 'loaded' | 'working' | { readonly harm: Harm } | { readonly twice: string }

export type Answer = 'go' | 'skip'

const tell = (told: Told) => new Promise<void>((resolve) => process.send?.(told, () => resolve()))
/**
 * The matrix answers once it has done its part (a cable is cut), or that this harm was done already: a worker that has taken over does
 * not know what befell the one before it.
 */
const inflict: Inflict = async (harm) => {
  const answer = once(process, 'message')
  await tell({ harm })
  const [said] = (await answer) as [Answer]
  if (said === 'skip') return
  if (harm.kind === 'fail') throw brokenOnPurpose()
  if (harm.kind === 'kill') process.kill(process.pid, 'SIGKILL')
  if (harm.kind === 'stop') process.kill(process.pid, 'SIGSTOP')
}

const environment = await ensureDataDirectory(parseEnvironment(process.env, { isRoot: true }))
const wiring = await createWiring(environment, 'worker')
await tell('loaded')
const [begin] = (await once(process, 'message')) as [Begin]

/** What this process has asked for. */
const done = new Set<Harm>()
const hurt = (kind: OperationKindDefinition): OperationKindDefinition => ({
  ...kind,
  open: async (operation) =>
    harmSteps(await kind.open(operation), { ...begin, done, inflict, onTwice: (twice) => tell({ twice }) }),
})
const kinds = Object.entries(buildRegistry(operationPorts(wiring))).map(([name, kind]) => [name, hurt(kind)])
const worker = await startWorkerOperations({
  store: wiring.store,
  connectionString: wiring.connectionString,
  registry: Object.fromEntries(kinds) as OperationRegistry,
  clock: wiring.clock,
  log: wiring.logger,
  lookIntervalMs: 300,
  frozenAfterMs: 2_000,
})
process.once('SIGTERM', async () => {
  await worker.stop()
  await wiring.close()
  process.disconnect()
})
await tell('working')
