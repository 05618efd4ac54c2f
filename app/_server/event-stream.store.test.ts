import { createParser } from 'eventsource-parser'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeStreams } from '@/lib/runtime/streams'
import { anObservation, aVerdict, insertPair } from '@/test/harness/store-fixtures'
import { createTestWeb, type TestWeb } from '@/test/harness/web'

let web: TestWeb
beforeAll(async () => {
  web = await createTestWeb()
})
afterAll(async () => {
  expect(web.logged).toEqual([])
  await web.close()
})

type Message = { readonly id: string | undefined; readonly data: { type: string; slug?: string } }

/** Reads messages from an open stream; null when it has ended. */
function readerOf(response: Response) {
  const messages: Message[] = []
  const parser = createParser({
    onEvent: ({ id, data }) => messages.push({ id, data: JSON.parse(data) }),
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  return {
    async next(): Promise<Message | null> {
      for (;;) {
        const message = messages.shift()
        if (message) return message
        const piece = await reader?.read()
        if (!piece || piece.done) return null
        parser.feed(piece.value)
      }
    },
    async untilEnd(): Promise<'ended'> {
      while ((await this.next()) !== null);
      return 'ended'
    },
    cancel: () => reader?.cancel(),
  }
}

async function openStream(options: { cookie?: string; signal?: AbortSignal; lastEventId?: string } = {}) {
  const cookie = options.cookie ?? (await web.signIn('viewer'))
  const response = await web.call('/api/v1/stream', {
    cookie,
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.lastEventId ? { headers: { 'last-event-id': options.lastEventId } } : {}),
  })
  return { response, reader: readerOf(response) }
}

test('a stream is an endless answer that nothing on the way may hold back', async () => {
  const { response, reader } = await openStream()
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  expect((await reader.next())?.data.type).toBe('pairs')
  expect((await reader.next())?.data.type).toBe('beat')
  expect((await reader.next())?.data.type).toBe('beat')
  await reader.cancel()
})

test('a reconnection begins with the current views again, whatever was seen last', async () => {
  const pair = await insertPair(web.at.store)
  const { reader } = await openStream({ lastEventId: '4711' })
  expect(await reader.next()).toMatchObject({ id: '1', data: { type: 'pair', slug: pair.slug } })
  expect((await reader.next())?.data).toEqual({ type: 'pairs', slugs: [pair.slug] })
  expect((await reader.next())?.data.type).toBe('beat')
  await web.at.store.observations.put({ pairId: pair.id, observation: anObservation, verdict: aVerdict })
  for (;;) {
    const message = await reader.next()
    if (message?.data.type === 'pair') break
  }
  await reader.cancel()
})

test('every stream ends when the process is told to stop', async () => {
  const streams = await Promise.all([openStream(), openStream(), openStream()])
  expect(closeStreams()).toBeGreaterThanOrEqual(3)
  expect(await Promise.all(streams.map(({ reader }) => reader.untilEnd()))).toEqual([
    'ended',
    'ended',
    'ended',
  ])
  expect(closeStreams()).toBe(0)
})

test('a stream ends when its page is gone, and is forgotten', async () => {
  const gone = new AbortController()
  const { reader } = await openStream({ signal: gone.signal })
  gone.abort()
  expect(await reader.untilEnd()).toBe('ended')
  const { reader: cancelled } = await openStream()
  await cancelled.cancel()
  expect(closeStreams()).toBe(0)
})

test('a stream ends with its session', { timeout: 30_000 }, async () => {
  const cookie = await web.signIn('operator')
  const { reader } = await openStream({ cookie })
  const session = await (await web.call('/api/v1/session', { cookie })).json()
  await web.at.store.users.endSessions(session.user.id)
  expect(await reader.untilEnd()).toBe('ended')
})

test('nobody without a session is let in', async () => {
  expect((await web.call('/api/v1/stream')).status).toBe(401)
})
