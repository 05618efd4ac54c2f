import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openSession } from '@/lib/io/postgres/open-session'
import { createKeyring } from '@/lib/io/secrets/keyring'
import { DoorPool } from '@/lib/io/ssh/door-pool'
import { createLeases } from '@/lib/io/store/leases'
import { openStore } from '@/lib/io/store/open-store'
import { parseProfile } from '@/lib/profiles/parse-profile'
import { startWatching } from '@/lib/watch/start-watching'

/** What a watching process of the tests is told; one JSON text as its only argument. */
export type ToyWatcherInput = {
  readonly connectionString: string
  /** Its clock is ahead by this much, so that one sees in an observation whose it is. */
  readonly aheadMs: number
}

const { connectionString, aheadMs } = JSON.parse(process.argv[2] ?? '') as ToyWatcherInput
const file = fileURLToPath(new URL('../../lib/profiles/generic-debian.yaml', import.meta.url))
const profile = parseProfile(readFileSync(file, 'utf8'), file)
const clock = { now: () => new Date(Date.now() + aheadMs) }
const onError = () => undefined
const readSecret = async () => ({ privateKey: null, passphrase: null, password: 'none' })

startWatching({
  store: openStore({ connectionString, keyring: createKeyring([randomBytes(32)]), clock, onError }),
  doors: new DoorPool({ readSecret, openSession, agentSocket: null }),
  profiles: new Map([[profile.id, profile]]),
  leases: createLeases({ connectionString, applicationName: 'a watch of a test', onError }),
  clock,
  intervalMs: 100,
  warn: () => undefined,
})
process.send?.('ready')
