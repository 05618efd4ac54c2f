import { setTimeout as pause } from 'node:timers/promises'
import { toPublicError } from '@/lib/errors'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '@/lib/runtime/embedded-postgres/embedded-postgres'

export type SupervisedDatabase = { stop(graceMs: number): Promise<void> }

const backoffMs = { first: 500, max: 15_000 }

/**
 * The embedded server, started again when it dies (the processes that use it reconnect by themselves). Resolves after the
 * first start; throws as `startEmbeddedPostgres` does. `signal` ends a first start, `stop` one that came later, before it is ready.
 */
export async function superviseDatabase(
  dataDirectory: string,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<SupervisedDatabase> {
  const stopping = new AbortController()
  let server: EmbeddedPostgres | null = await startEmbeddedPostgres({ dataDirectory, say, signal })
  if (server.attached) say('The database of the last start was still running; it goes on.')

  async function restart(): Promise<EmbeddedPostgres | null> {
    for (
      let waitMs = backoffMs.first;
      !stopping.signal.aborted;
      waitMs = Math.min(waitMs * 2, backoffMs.max)
    ) {
      await pause(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
      if (stopping.signal.aborted) return null
      try {
        const restarted = await startEmbeddedPostgres({ dataDirectory, say, signal: stopping.signal })
        say('The database runs again.')
        return restarted
      } catch (error) {
        if (stopping.signal.aborted) return null
        const { message, fix } = toPublicError(error)
        say(`The database does not start: ${message} ${fix}`)
      }
    }
    return null
  }

  const done = (async () => {
    while (server) {
      await server.ended
      if (stopping.signal.aborted) return
      say('The database has ended by itself; starting it again.')
      server = await restart()
    }
  })()

  return {
    stop: async (graceMs) => {
      stopping.abort()
      await server?.stop(graceMs)
      await done
      await server?.stop(graceMs)
    },
  }
}
