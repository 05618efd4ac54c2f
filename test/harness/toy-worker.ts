import { randomBytes } from 'node:crypto'
import { createKeyring } from '@/lib/io/secrets/keyring'
import { openStore } from '@/lib/io/store/open-store'
import { bindSteps } from '@/lib/operations/engine/opened-operation'
import type { OperationKindDefinition } from '@/lib/operations/registry'
import { startWorkerOperations, type WorkerLog } from '@/lib/runtime/worker-operations'
import { systemClock } from '@/lib/time'
import { MemoryHold } from '@/test/harness/memory-hold'
import { type ToyWorld, toyStep } from '@/test/harness/toy-operation'

/** What a worker process of the tests is told; one JSON text as its only argument. */
export type ToyWorkerInput = {
  readonly connectionString: string
  readonly world: ToyWorld
  readonly silentMsMax: number
  readonly frozenAfterMs: number
}

const input = JSON.parse(process.argv[2] ?? '') as ToyWorkerInput
const write = (level: string) => (fields: object, text: string) => {
  const err = 'err' in fields ? String(fields.err instanceof Error ? fields.err.stack : fields.err) : ''
  process.stderr.write(`${level} ${text} ${err}\n`)
}
const log: WorkerLog = {
  debug: () => undefined,
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
}

const kind: OperationKindDefinition = {
  silentMsMax: input.silentMsMax,
  open: async ({ plan }) =>
    bindSteps(plan.steps.map(toyStep), input.world, {
      hold: new MemoryHold(),
      hide: (text) => text,
      close: async () => undefined,
    }),
}
const store = openStore({
  applicationName: 'toy worker',
  connectionString: input.connectionString,
  keyring: createKeyring([randomBytes(32)]),
  clock: systemClock,
  onError: (error) => log.warn({ err: error }, 'the store'),
})
const worker = await startWorkerOperations({
  store,
  connectionString: input.connectionString,
  registry: {
    adopt: kind,
    create: kind,
    drill: kind,
    fence: kind,
    pause: kind,
    promote: kind,
    switchover: kind,
    're-pair': kind,
    resume: kind,
    sync: kind,
    'repair-files': kind,
    'change-settings': kind,
    unpair: kind,
  },
  clock: systemClock,
  log,
  lookIntervalMs: 300,
  frozenAfterMs: input.frozenAfterMs,
})
process.once('SIGTERM', async () => {
  await worker.stop()
  await store.close()
  process.disconnect()
})
process.send?.('ready')
