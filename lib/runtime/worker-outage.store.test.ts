import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKeyring } from '@/lib/io/secrets/keyring'
import { migrateStore } from '@/lib/io/store/migrate'
import { type OpenStore, openStore } from '@/lib/io/store/open-store'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '@/lib/runtime/embedded-postgres/embedded-postgres'
import { systemClock } from '@/lib/time'
import { readHappened, toyStepIds } from '@/test/harness/toy-operation'
import { ToyStage } from '@/test/harness/toy-workers'

let dataDirectory: string
let server: EmbeddedPostgres
let store: OpenStore
let toy: ToyStage

const start = () =>
  startEmbeddedPostgres({
    dataDirectory,
    say: () => undefined,
    settings: ['fsync=off', 'full_page_writes=off'],
  })

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'understudy-outage-'))
  server = await start()
  const { connectionString } = server
  await migrateStore(connectionString)
  store = openStore({ connectionString, keyring: createKeyring([randomBytes(32)]), clock: systemClock })
  const close = async () => {
    await store.close()
    await server.stop(500)
  }
  toy = await ToyStage.open(500, { store, connectionString, openAnother: () => store, close })
})
afterAll(async () => {
  await toy.close()
  await rm(dataDirectory, { recursive: true, force: true })
})

test.each(['one', 'three'] as const)(
  'the store goes away while %s acts: the worker goes on with it when the store is back, and nothing is done twice',
  async (stepId) => {
    await toy.startWorker()
    const id = await toy.insertOperation()
    await toy.untilActing(id, stepId)
    await server.stop(0)
    await expect(store.operations.find(id)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    server = await start()
    await toy.untilState(id, 'succeeded')
    const made = (await readHappened(toy.world)).filter((line) => line.startsWith('effect '))
    expect(made).toEqual(toyStepIds.map((step) => `effect ${step}`))
    await rm(join(toy.world.directory, 'happened'))
    await rm(join(toy.world.directory, 'effects'), { recursive: true })
  },
)
