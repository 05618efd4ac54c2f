import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'

export type Lock = { release(): Promise<void> }
export type LockHeld<H> = { readonly held: true; readonly holder: H | null }

/** How long a lock may be on its way to be let go. */
const lettingGoMs = 1_000

/**
 * A lock of this machine that the kernel takes back when its process ends, however it ends: a socket in the abstract
 * namespace (unix(7)), so no stale file can be left. Whoever finds it taken is told who holds it. Processes in another
 * network namespace do not see it. Of one that was let go a child of that process may hold a copy until its program begins (fork(2),
 * O_CLOEXEC): nobody answers there, and it is asked for again.
 */
export async function tryLock<H>(name: string, holder: H): Promise<Lock | LockHeld<H>> {
  const path = `\0understudy/${name}`
  const limit = Date.now() + lettingGoMs
  for (;;) {
    const server = await listenOnce(path, JSON.stringify(holder))
    if (server) return { release: () => close(server) }
    const other = await askHolder<H>(path)
    if (other !== null || Date.now() > limit) return { held: true, holder: other }
  }
}

/** A server that tells everybody `words`; null where the path is taken. */
async function listenOnce(path: string, words: string): Promise<Server | null> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end(words)
  })
  try {
    server.listen(path)
    await once(server, 'listening')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return null
    throw error
  }
  server.unref()
  return server
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

async function askHolder<H>(path: string): Promise<H | null> {
  const socket = connect(path)
  socket.setTimeout(1_000, () => socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  try {
    await once(socket, 'close')
    return text === '' ? null : JSON.parse(text)
  } catch {
    // It let go at this moment, or is too busy to say: taken by someone unknown.
    return null
  }
}

/** A name for the lock of a file or directory that is the same by whatever path it is reached. */
export async function lockNameOf(path: string): Promise<string> {
  const { dev, ino } = await stat(path)
  return `${dev}:${ino}`
}
