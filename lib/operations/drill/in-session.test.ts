import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { inSession } from '@/lib/operations/drill/in-session'
import type { DatabaseSession } from '@/lib/ports/host-door'

/** A session whose question ends when it is closed, as PostgreSQL's does, and never else. */
function aSession() {
  const closed = { count: 0 }
  const ended = new AbortController()
  const session: DatabaseSession = {
    query: () =>
      new Promise((_, reject) => {
        ended.signal.addEventListener('abort', () => reject(ended.signal.reason))
      }),
    isOpen: () => closed.count === 0,
    close: async () => {
      closed.count += 1
      ended.abort(new AppError('POSTGRES_DOWN', 'The session broke off.'))
    },
  }
  return { session, closed }
}

test('what is asked ends as soon as the signal is aborted, with its reason and not with that of the session', async () => {
  const { session, closed } = aSession()
  const controller = new AbortController()
  const asking = inSession(Promise.resolve(session), controller, (open) =>
    open.query('select pg_sleep(3600)'),
  )
  const refused = expect(asking).rejects.toMatchObject({ code: 'CANCELLED' })
  await new Promise((resolve) => setImmediate(resolve))
  controller.abort(new AppError('CANCELLED', 'It was cancelled.'))
  await refused
  expect(closed.count).toBeGreaterThan(0)
})

test('the session is closed whatever comes of it', async () => {
  const { signal } = new AbortController()
  const [fine, broken] = [aSession(), aSession()]
  expect(await inSession(Promise.resolve(fine.session), { signal }, async () => 7)).toBe(7)
  const failing = inSession(Promise.resolve(broken.session), { signal }, () =>
    Promise.reject(new Error('broken')),
  )
  await expect(failing).rejects.toThrow('broken')
  expect([fine.closed.count, broken.closed.count]).toEqual([1, 1])
})

test('nothing is asked once the signal was aborted before the session was open', async () => {
  const { session, closed } = aSession()
  const signal = AbortSignal.abort(new AppError('CANCELLED', 'It was cancelled.'))
  await expect(inSession(Promise.resolve(session), { signal }, async () => 7)).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  expect(closed.count).toBe(1)
})
