import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dashboard, processesOf, startDashboard } from '@/test/harness/dashboard'
import { createTestDatabase } from '@/test/harness/store'

/** Dashboards on one PostgreSQL that is not theirs. */
let parent: string
let databaseUrl: string
let one: Dashboard
let other: Dashboard

const start = (name: string, variables: Readonly<Record<string, string>> = {}) =>
  startDashboard({
    dataDirectory: join(parent, name),
    variables: {
      DATABASE_URL: databaseUrl,
      UNDERSTUDY_MASTER_KEY_FILE: join(parent, 'shared.key'),
      ...variables,
    },
  })

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'understudy-shared-'))
  databaseUrl = await createTestDatabase('empty')
  const both = await Promise.all([start('one'), start('other')])
  ;[one, other] = both
}, 600_000)
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()])
  await rm(parent, { recursive: true, force: true })
}, 60_000)

const call = (dashboard: Dashboard, path: string, init: RequestInit & { cookie?: string } = {}) =>
  fetch(`${dashboard.url}/api/v1${path}`, {
    ...init,
    headers: { cookie: init.cookie ?? '', 'content-type': 'application/json', origin: dashboard.url },
  })

test('two that start together on an empty database with one master key are both ready', async () => {
  for (const dashboard of [one, other]) expect((await fetch(`${dashboard.url}/readyz`)).status).toBe(200)
})

test('a session that began at one is one at the other too', async () => {
  // Each start prints a code of its own, and the last one is good.
  const setUps = await Promise.all(
    [one, other].map(async (dashboard) => {
      const person = { name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' }
      const body = JSON.stringify({ ...person, code: dashboard.setupCode })
      return call(one, '/setup', { method: 'POST', body })
    }),
  )
  const done = setUps.find(({ ok }) => ok)
  const cookie = (done?.headers.getSetCookie() ?? []).map((text) => text.split(';')[0]).join('; ')
  for (const dashboard of [one, other])
    expect(await (await call(dashboard, '/session', { cookie })).json()).toMatchObject({
      user: { email: 'ada@example.org' },
    })
})

test('one with a master key of its own is refused in one clear line, and nothing of it is left', async () => {
  const key = join(parent, 'foreign.key')
  const refused = await start('third', { UNDERSTUDY_MASTER_KEY_FILE: key }).catch(
    (error: Error) => error.message,
  )
  expect(refused).toMatch(/^understudy ended with 1:/)
  expect(refused).toContain(
    `understudy: This store belongs to a dashboard with another master key than ${key}.`,
  )
  expect(await processesOf(join(parent, 'third'))).toEqual([])
  expect((await fetch(`${one.url}/readyz`)).status).toBe(200)
})

test('both stop within 5 s, and no process is left', async () => {
  const since = performance.now()
  expect(await Promise.all([one.stop(), other.stop()])).toEqual([0, 0])
  expect(performance.now() - since).toBeLessThan(5_000)
  expect(await processesOf(parent)).toEqual([])
})
