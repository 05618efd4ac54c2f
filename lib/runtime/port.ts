import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '@/lib/errors'

const retryMs = 100

/**
 * Throws PORT_TAKEN unless `port` can be listened on now; waits up to `patienceMs` for a process that is just ending.
 * INVALID_INPUT for an address that is not this machine's.
 */
export async function verifyPortFree(host: string, port: number, patienceMs = 1_500): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const code = await tryListen(host, port)
    if (code === null) return
    if (code === 'EADDRINUSE' && Date.now() < deadline) await pause(retryMs)
    else throw refusal(host, port, code)
  }
}

/** Null, or the errno of a refused listen. */
function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve('code' in error ? String(error.code) : 'unknown'))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

function refusal(host: string, port: number, code: string): AppError {
  if (code === 'EADDRINUSE')
    return new AppError('PORT_TAKEN', `Port ${port} on ${host} is taken by another program.`, {
      fix: 'Choose another one with --port.',
    })
  if (code === 'EACCES')
    return new AppError('PORT_TAKEN', `Port ${port} may not be used by this user.`, {
      fix: 'Choose one above 1023 with --port.',
    })
  return new AppError('INVALID_INPUT', `Understudy cannot listen on ${host} (${code}).`, {
    fix: 'Give an address of this machine with --host.',
  })
}
