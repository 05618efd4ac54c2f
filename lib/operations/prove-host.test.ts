import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import type { OwnerDatabase } from '@/lib/operations/context'
import type { StepIo } from '@/lib/operations/engine/step'
import { proveHost } from '@/lib/operations/prove-host'
import type { HostDoor } from '@/lib/ports/host-door'

const io: StepIo = {
  signal: new AbortController().signal,
  attempt: 1,
  output: () => undefined,
  progress: () => undefined,
}
const layout = { binDirectory: '/usr/lib/postgresql/15/bin', dataDirectory: '/data' }

type Found = {
  running?: boolean
  signal?: boolean
  system?: string
  recovering?: boolean | AppError
  clients?: number
}

/** Proves a standby of system 7 that is found so. */
function prove(found: Found, over: Partial<Parameters<typeof proveHost>[0]> = {}) {
  const { running = true, signal = true, system = '7', recovering = true, clients = 0 } = found
  const answer = `running=${running ? 'yes' : 'no'}\nsignal=${signal ? 'yes' : 'no'}\nsystem=${system}\n`
  const door: Pick<HostDoor, 'ask' | 'hostName'> = {
    hostName: 'b',
    ask: async () => ({ exitCode: 0, stdout: answer, stderr: '', tookMs: 1 }),
  }
  const database: OwnerDatabase = {
    query: async (text) => {
      if (recovering instanceof AppError) throw recovering
      if (text.includes('pg_is_in_recovery')) return [{ recovering }]
      return clients === 0 ? [] : [{ sessions: clients, role: 'ada', application: 'psql', address: 'local' }]
    },
    close: async () => undefined,
  }
  const host = { name: 'b' }
  const context = {
    hosts: { primary: host, standby: host },
    doors: { primary: door, standby: door },
    databases: { primary: database, standby: database },
  }
  const proof = proveHost({ role: 'standby', layout, systemIdentifier: '7', states: ['standby'], ...over })
  // Only what the proof looks at is there.
  return proof(context as unknown as Parameters<typeof proof>[0], io)
}

test('the data of the plan and a server as expected are a proof, told in one sentence', async () => {
  expect(await prove({})).toBe('b proved itself: system identifier 7, PostgreSQL is in recovery.')
  expect(await prove({ running: false }, { states: ['stopped'], needsSignal: true })).toBe(
    'b proved itself: system identifier 7, PostgreSQL does not run.',
  )
  expect(await prove({}, { isUnused: true })).toMatch(/nobody uses it\.$/)
})

test.each([
  ['data of another cluster', { system: '8' }],
  ['no data at all', { system: '', running: false }],
] as const)('%s is the wrong host', async (_, found) => {
  await expect(prove(found)).rejects.toMatchObject({ code: 'WRONG_HOST' })
})

test.each([
  ['a standby that accepts writes', { recovering: false }, {}],
  ['a standby that does not run', { running: false }, {}],
  [
    'a copy that would come up writable',
    { running: false, signal: false },
    { states: ['stopped'], needsSignal: true },
  ],
  ['a server that is still starting', { recovering: new AppError('POSTGRES_STARTING', 'Not yet.') }, {}],
] as const)('%s is the right host at the wrong time', async (_, found, over) => {
  await expect(prove(found, over)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
})

test('clients where there must be none are named', async () => {
  await expect(prove({ clients: 3 }, { isUnused: true })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: 'The database on b is in use: 3 of psql (ada, local).',
  })
  expect(await prove({ clients: 3 })).toContain('proved itself')
})

test('what can’t be asked is that error, never a proof', async () => {
  await expect(prove({ recovering: new AppError('HOST_CONNECTION_LOST', 'Lost.') })).rejects.toMatchObject({
    code: 'HOST_CONNECTION_LOST',
  })
})
