import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/**
 * A client as applications have one: several hosts, the one that accepts writes is used, and reconnected at once when it is lost. Inserts
 * a row about every 5 ms, and prints for each that was acknowledged `<id> <epoch ms>`, until its standard input ends.
 * `tsx bench/switchover/writing-client.ts <address> <address>`
 */
const addresses = process.argv.slice(2)
const pauseMs = 5
const reconnectMs = 1
let id = 0
let isEnded = false
process.stdin.resume().once('end', () => {
  isEnded = true
})

/** A session with a server that accepts writes; null where this one does not. */
async function connect(host: string): Promise<pg.Client | null> {
  const client = new pg.Client({
    host,
    user: 'bench',
    database: 'ledger',
    connectionTimeoutMillis: 500,
    query_timeout: 1_000,
  })
  client.on('error', () => undefined) // what it loses is told by the statement that it lost
  try {
    await client.connect()
    const { rows } = await client.query<{ recovering: boolean }>('select pg_is_in_recovery() as recovering')
    if (rows[0]?.recovering === false) return client
  } catch {} // not there, or not yet: the next one is asked
  await client.end().catch(() => undefined)
  return null
}

async function write(client: pg.Client): Promise<void> {
  try {
    while (!isEnded) {
      id += 1
      await client.query('insert into written (id) values ($1)', [id])
      process.stdout.write(`${id} ${(performance.timeOrigin + performance.now()).toFixed(2)}\n`)
      await sleep(pauseMs)
    }
  } catch {} // in doubt, for it was not acknowledged
  await client.end().catch(() => undefined)
}

while (!isEnded)
  for (const address of addresses) {
    const client = await connect(address)
    if (client) await write(client)
    await sleep(reconnectMs)
  }
