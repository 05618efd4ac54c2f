import { get } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dashboard, startDashboard } from '@/test/harness/dashboard'

/** What only the built pages in their own process can show: Next's bundles, headers and its end. */
let dashboard: Dashboard
beforeAll(async () => {
  dashboard = await startDashboard()
})
afterAll(() => dashboard.dispose())

const password = 'correct horse battery'
let cookie = ''

const ask = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(`${dashboard.url}${path}`, { redirect: 'manual', ...init, headers: { cookie, ...init.headers } })

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { origin: dashboard.url, 'content-type': 'application/json', ...headers },
  })

const setUp = (code: string, headers: Record<string, string> = {}) =>
  post('/api/v1/setup', { code, name: 'Ann', email: 'ann@example.org', password }, headers)

test('before the first administrator every page leads to the set-up', async () => {
  for (const path of ['/', '/hosts', '/pairs/ledger']) {
    const answer = await ask(path)
    expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 307, '/setup'])
  }
})

test('an error that a verb throws keeps its code, through all of Next’s bundles', async () => {
  const wrong = await setUp('00000-00000-00000-00000')
  expect([wrong.status, (await wrong.json()).code]).toEqual([400, 'INVALID_INPUT'])
  const foreign = await setUp(dashboard.setupCode, { origin: 'http://evil.example' })
  expect([foreign.status, (await foreign.json()).code]).toEqual([403, 'NOT_ALLOWED'])
  const stranger = await ask('/api/v1/pairs')
  expect([stranger.status, (await stranger.json()).code]).toEqual([401, 'NOT_SIGNED_IN'])
})

test('the printed code makes the first administrator, whose cookie opens pages and API', async () => {
  const answer = await setUp(dashboard.setupCode)
  expect(answer.status).toBe(201)
  cookie = answer.headers
    .getSetCookie()
    .map((value) => value.split(';')[0])
    .join('; ')
  expect((await ask('/api/v1/pairs')).status).toBe(200)
  const page = await ask('/hosts')
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  const again = await setUp(dashboard.setupCode)
  expect(again.status).toBe(409)
})

test('without the cookie a page leads to sign-in and from there back', async () => {
  const answer = await ask('/operations/abc?tab=steps', { headers: { cookie: '' } })
  expect(answer.headers.get('location')).toBe('/login?next=%2Foperations%2Fabc%3Ftab%3Dsteps')
})

test('no script of a page runs without the nonce of its own answer', async () => {
  for (const path of ['/', '/hosts', '/login', '/no-such-page']) {
    const answer = await ask(path)
    const html = await answer.text()
    const nonce = /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1]
    const scripts = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag)
    expect([path, scripts.length > 0, typeof nonce]).toEqual([path, true, 'string'])
    expect([path, scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`))]).toEqual([path, []])
    expect([path, /\son[a-z]+="/.test(html.replace(/<script[\s\S]*?<\/script>/g, ''))]).toEqual([path, false])
  }
})

test('pages, API and files all carry the headers that keep other sites out', async () => {
  const html = await (await ask('/login')).text()
  const file = /\/_next\/static\/[^"]+\.js/.exec(html)?.[0] ?? ''
  for (const path of ['/', '/api/v1/session', file, '/healthz']) {
    const { headers } = await ask(path)
    expect([path, headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual([
      path,
      'nosniff',
      'DENY',
    ])
    expect([path, headers.get('x-powered-by')]).toEqual([path, null])
  }
})

/** Resolves with the stream's first beat; `ended` when the server ends the answer. */
function openStream(): Promise<{ ended: Promise<void> }> {
  return new Promise((resolve, reject) => {
    get(`${dashboard.url}/api/v1/stream`, { headers: { cookie } }, (response) => {
      const ended = new Promise<void>((end) => response.once('close', end))
      let text = ''
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (text.includes('"type":"beat"')) resolve({ ended })
      })
    }).on('error', reject)
  })
}

test('an event comes at once, and open streams do not keep the dashboard from stopping', async () => {
  const streams = await Promise.all([openStream(), openStream(), openStream()])
  const startedAt = performance.now()
  expect(await dashboard.stop()).toBe(0)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  await Promise.all(streams.map(({ ended }) => ended))
})
