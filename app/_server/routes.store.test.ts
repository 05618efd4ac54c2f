import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UserRole } from '@/lib/domain/user'
import { plannedStep, planOf } from '@/test/harness/operation-events'
import { testMachine } from '@/test/harness/services'
import { anObservation, aVerdict, insertPair, newHost, newOperation } from '@/test/harness/store-fixtures'
import { cookieOf, createTestWeb, type TestRoute, type TestWeb, testPassword } from '@/test/harness/web'

/** Each may do all that those before it may. */
const roles: readonly UserRole[] = ['viewer', 'operator', 'administrator']
let web: TestWeb
const cookies: Partial<Record<UserRole, string>> = {}
beforeAll(async () => {
  web = await createTestWeb()
  for (const role of roles) cookies[role] = await web.signIn(role)
})
afterAll(() => web.close())

const publicAddresses = ['/api/v1/session', '/api/v1/setup', '/healthz', '/readyz']
const id = '00000000-0000-4000-8000-000000000000'
const pathOf = ({ address }: TestRoute) =>
  address
    .replace('[verb]', 'cancel')
    .replace('[slug]', 'no-such-pair')
    .replace(/\[\w+\]/g, id)
const nameOf = ({ method, address }: TestRoute) => `${method} ${address}`

async function answerOf(route: TestRoute, options: { cookie?: string; headers?: Record<string, string> }) {
  const body = route.method === 'GET' ? {} : { body: {} }
  const response = await web.call(pathOf(route), { method: route.method, ...body, ...options })
  await response.body?.cancel()
  return response.status
}

/** What each role above viewer alone may call; every other address is open to a viewer or public. */
const acting: Readonly<Record<string, UserRole>> = {
  'POST /api/v1/drafts': 'operator',
  'GET /api/v1/drafts/[id]': 'operator',
  'PUT /api/v1/drafts/[id]': 'operator',
  'POST /api/v1/pairs/[slug]/[operation]': 'operator',
  'POST /api/v1/pairs/[slug]/[operation]/plan': 'operator',
  'POST /api/v1/operations/[operation]/[verb]': 'operator',
  'DELETE /api/v1/pairs/[slug]': 'administrator',
  'PUT /api/v1/pairs/[slug]/fence-returned': 'operator',
  'PUT /api/v1/pairs/[slug]/drill-schedule': 'operator',
  'POST /api/v1/hosts': 'administrator',
  'POST /api/v1/hosts/key': 'administrator',
  'POST /api/v1/hosts/test': 'administrator',
  'GET /api/v1/hosts/[host]/key': 'administrator',
  'PUT /api/v1/hosts/[host]/key': 'administrator',
  'PUT /api/v1/hosts/[host]/access': 'administrator',
  'DELETE /api/v1/hosts/[host]': 'administrator',
  'DELETE /api/v1/hosts/[host]/lock': 'administrator',
  'POST /api/v1/hosts/[host]/rights': 'viewer',
  'PUT /api/v1/hosts/[host]/rights': 'administrator',
  'DELETE /api/v1/hosts/[host]/rights': 'administrator',
  'POST /api/v1/create': 'administrator',
  'POST /api/v1/create/found': 'administrator',
  'POST /api/v1/create/preflight': 'administrator',
  'POST /api/v1/create/plan': 'administrator',
  'POST /api/v1/observe': 'administrator',
  'POST /api/v1/observe/found': 'administrator',
  'PUT /api/v1/pairs/[slug]/observed': 'administrator',
  'GET /api/v1/users': 'administrator',
  'POST /api/v1/users': 'administrator',
  'PUT /api/v1/users/[user]/role': 'administrator',
  'PUT /api/v1/users/[user]/password': 'administrator',
  'DELETE /api/v1/users/[user]/sessions': 'administrator',
  'GET /api/v1/audit': 'administrator',
}

/** What everybody who is signed in does with their own password and sessions alone. */
const ofOneself = ['PUT /api/v1/session/password', 'DELETE /api/v1/sessions']

test('every route but the public ones answers 401 without a session', async () => {
  const guarded = web.routes.filter(({ address }) => !publicAddresses.includes(address))
  expect(guarded.length).toBeGreaterThan(25)
  for (const route of guarded)
    expect([nameOf(route), await answerOf(route, {})]).toEqual([nameOf(route), 401])
})

test('every route that acts answers 403 below its role, and writes who tried', async () => {
  const known = web.routes.map(nameOf)
  expect(Object.keys(acting).filter((name) => !known.includes(name))).toEqual([])
  for (const route of web.routes) {
    const needed = acting[nameOf(route)]
    for (const role of needed ? roles.slice(0, roles.indexOf(needed)) : []) {
      const status = await answerOf(route, { cookie: cookies[role] ?? '' })
      expect([nameOf(route), role, status]).toEqual([nameOf(route), role, 403])
      const [row] = await web.at.store.audit.list({ limit: 1 })
      expect([nameOf(route), row?.outcome, row?.origin !== undefined]).toEqual([
        nameOf(route),
        'refused',
        true,
      ])
      expect(row?.detail).toContain('NOT_ALLOWED')
    }
  }
})

test('every route that is not listed as acting only reads', () => {
  const writing = web.routes
    .filter(({ address, method }) => method !== 'GET' && !publicAddresses.includes(address))
    .map(nameOf)
  expect(writing.filter((name) => !(name in acting) && !ofOneself.includes(name))).toEqual([])
})

test('what is not a GET needs the dashboard’s own origin, with a session too', async () => {
  for (const route of web.routes.filter(({ method }) => method !== 'GET')) {
    const status = await answerOf(route, {
      cookie: cookies.administrator ?? '',
      headers: { origin: 'http://evil.example' },
    })
    expect([nameOf(route), status]).toEqual([nameOf(route), 403])
  }
})

test('a user signs in, sees who they are, and signs out', async () => {
  const administrator = { cookie: cookies.administrator ?? '' }
  const user = { name: 'Bo', email: 'Bo@Example.org', role: 'viewer', password: testPassword }
  const made = await web.call('/api/v1/users', { method: 'POST', body: user, ...administrator })
  expect(made.status).toBe(201)
  const signedIn = await web.call('/api/v1/session', { method: 'POST', body: user })
  expect(await signedIn.json()).toMatchObject({ user: { email: 'bo@example.org', role: 'viewer' } })
  const cookie = cookieOf(signedIn)
  expect(await (await web.call('/api/v1/session', { cookie })).json()).toMatchObject({
    user: { email: 'bo@example.org' },
    setupNeeded: false,
  })
  expect((await web.call('/api/v1/pairs', { cookie })).status).toBe(200)
  expect((await web.call('/api/v1/session', { method: 'DELETE', cookie })).status).toBe(204)
  expect((await web.call('/api/v1/pairs', { cookie })).status).toBe(401)
})

test('a new role ends the sessions that had the old one', async () => {
  const cookie = await web.signIn('operator')
  const users = await web.at.store.users.list()
  const session = await (await web.call('/api/v1/session', { cookie })).json()
  const user = users.find(({ email }) => email === session.user.email)
  const changed = await web.call(`/api/v1/users/${user?.id}/role`, {
    method: 'PUT',
    body: { role: 'viewer' },
    cookie: cookies.administrator ?? '',
  })
  expect(await changed.json()).toMatchObject({ role: 'viewer' })
  expect((await web.call('/api/v1/pairs', { cookie })).status).toBe(401)
})

test('no answer of any route, and no audit row, holds a secret that was given', async () => {
  const cookie = cookies.administrator ?? ''
  const secrets = ['s3cret-password-of-host', 's3cret-private-key', 's3cret-passphrase', 's3cret-of-user-1']
  web.machines.set('10.9.0.1:22', testMachine('S', { password: secrets[0] ?? '' }))
  const access = {
    address: '10.9.0.1',
    port: 22,
    user: 'root',
    name: 'secretive',
    fingerprint: testMachine('S').fingerprint,
  }
  const answers: string[] = []
  const send = async (method: string, path: string, body: unknown) => {
    const response = await web.call(path, { method, body, cookie })
    answers.push(await response.text())
    return response.status
  }
  const post = (path: string, body: unknown) => send('POST', path, body)
  const byPassword = { kind: 'password', password: secrets[0] }
  const byKey = { kind: 'key', privateKey: secrets[1], passphrase: secrets[2] }
  expect(await post('/api/v1/hosts/test', { ...access, auth: byPassword })).toBe(200)
  expect(await post('/api/v1/hosts/test', { ...access, auth: byKey })).toBe(422)
  expect(await post('/api/v1/hosts', { ...access, auth: byPassword })).toBe(201)
  expect(await post('/api/v1/hosts', { ...access, auth: byPassword })).toBe(409)
  expect(await post('/api/v1/hosts', { ...access, name: 'a b', auth: byKey })).toBe(400)
  const host = (await web.at.store.hosts.list()).find(({ name }) => name === 'secretive')
  const put = (body: unknown) => send('PUT', `/api/v1/hosts/${host?.id}/access`, body)
  expect(await put({ ...access, auth: byPassword })).toBe(200)
  expect(await put({ ...access, auth: byKey })).toBe(422)
  expect(await put({ ...access, port: 'x', auth: byKey })).toBe(400)
  const user = { name: 'Cy', email: 'cy@example.org', role: 'viewer', password: secrets[3] }
  expect(await post('/api/v1/users', user)).toBe(201)
  expect(await post('/api/v1/users', user)).toBe(409)
  expect(await post('/api/v1/session', { email: user.email, password: `${secrets[3]}x` })).toBe(401)

  const pair = await insertPair(web.at.store)
  await web.at.store.pairs.setSecret(pair.id, 'replication-password', secrets[0] ?? '')
  await web.at.store.observations.put({ pairId: pair.id, observation: anObservation, verdict: aVerdict })
  const operation = await web.at.store.operations.insert(
    newOperation(pair, { input: { password: secrets[0] } }),
  )
  const reads = [
    '/api/v1/session',
    '/api/v1/hosts',
    '/api/v1/users',
    '/api/v1/audit?limit=500',
    '/api/v1/profiles',
    '/api/v1/pairs',
    `/api/v1/pairs/${pair.slug}`,
    `/api/v1/pairs/${pair.slug}/operations`,
    `/api/v1/pairs/${pair.slug}/logs`,
    `/api/v1/operations/${operation.id}`,
  ]
  for (const path of reads) {
    const response = await web.call(path, { cookie })
    expect([path, response.status]).toEqual([path, 200])
    answers.push(await response.text())
  }
  const all = answers.join('\n')
  for (const secret of secrets) expect(all).not.toContain(secret)
  expect(all).not.toContain('argon2')
})

test('a plan is answered as a runbook where Markdown is asked for, and a report is saved under its name', async () => {
  const cookie = cookies.administrator ?? ''
  const pair = await insertPair(web.at.store, { isPaired: true })
  const hosts = await Promise.all(Object.values(pair.hosts).map((host) => web.at.store.hosts.find(host)))
  const plan = {
    ...planOf([plannedStep('one', { title: 'Stop it' })]),
    acknowledgement: 'promote it and accept the loss',
  }
  web.plan = plan
  const headers = { accept: 'text/markdown, */*;q=0.1' }
  const post = (path: string, more = {}) =>
    web.call(`/api/v1/${path}`, { method: 'POST', body: {}, cookie, ...more })
  for (const kind of ['promote', 'fence'] as const) {
    const answer = await post(`pairs/${pair.slug}/${kind}/plan`, { headers })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/markdown; charset=utf-8'])
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="${kind}-${pair.slug}-runbook.md"`,
    )
    const text = await answer.text()
    expect(text).toMatch(new RegExp(`^# ${kind === 'promote' ? 'Promote' : 'Fence'}.*: ${pair.slug}$`, 'm'))
    expect(text).toContain('- To be typed first: “promote it and accept the loss”')
    expect(text).toContain('### 1. Stop it')
    for (const host of hosts) expect(text).toContain(host?.name)
  }
  const asJson = await post(`pairs/${pair.slug}/promote/plan`, { headers: { accept: '*/*' } })
  expect((await asJson.json()).plan.steps).toHaveLength(1)

  const settings = { walKeepSegments: 32, directories: [] }
  const scope = { database: true, files: false }
  const [primary, standby] = [
    await web.at.store.hosts.insert(newHost()),
    await web.at.store.hosts.insert(newHost()),
  ]
  const body = {
    slug: 'to-be-made',
    profileId: 'generic-debian',
    hosts: { primary: primary.id, standby: standby.id },
    scope,
    settings,
  }
  const create = await post('create/plan', { body, headers })
  expect(create.headers.get('content-disposition')).toContain('create-to-be-made-runbook.md')
  expect(await create.text()).toContain(`Primary ${primary.name}, standby ${standby.name}.`)

  const operation = await web.at.store.operations.insert(newOperation(pair, { kind: 'promote' }))
  const report = await web.call(`/api/v1/operations/${operation.id}/report`, { cookie })
  expect(report.headers.get('content-disposition')).toBe(
    `attachment; filename="promote-${pair.slug}-${operation.id.slice(0, 8)}.md"`,
  )
  expect(await report.text()).toContain(`- Operation: ${operation.id}`)
})

test('a failed check that endangers nothing is overridden over HTTP, with a reason that the report tells', async () => {
  const cookie = cookies.administrator ?? ''
  const [primary, standby] = [
    await web.at.store.hosts.insert(newHost()),
    await web.at.store.hosts.insert(newHost()),
  ]
  const check = {
    id: 'clocks',
    title: 'Clocks',
    host: 'both',
    outcome: 'fail',
    evidence: 'An hour apart.',
  } as const
  web.plan = planOf([plannedStep('one')], { preflight: [{ ...check, fix: 'Set them.', canOverride: true }] })
  const create = (more: object) =>
    web.call('/api/v1/create', {
      method: 'POST',
      cookie,
      headers: { 'idempotency-key': crypto.randomUUID() },
      body: {
        slug: 'overridden',
        profileId: 'generic-debian',
        hosts: { primary: primary.id, standby: standby.id },
        scope: { database: true, files: false },
        settings: { walKeepSegments: 32, directories: [] },
        reason: 'A standby is wanted.',
        ...more,
      },
    })
  const refused = await create({})
  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({
    code: 'PRECONDITION_FAILED',
    fix: 'Set them. Or override clocks, with a reason.',
  })
  expect((await create({ overrides: [{ checkId: 'clocks' }] })).status).toBe(400)
  const started = await create({ overrides: [{ checkId: 'clocks', reason: 'They are set tonight.' }] })
  expect(started.status).toBe(202)
  const { operationId } = await started.json()
  const report = await web.call(`/api/v1/operations/${operationId}/report`, { cookie })
  expect(await report.text()).toMatch(/\*\*Overridden\*\* by administrator-.*: They are set tonight\./)
})

test('an answer is never kept by a cache, a problem says what to do', async () => {
  const good = await web.call('/api/v1/pairs', { cookie: cookies.viewer ?? '' })
  expect(good.headers.get('cache-control')).toBe('no-store')
  const bad = await web.call('/api/v1/pairs/no-such-pair', { cookie: cookies.viewer ?? '' })
  expect(bad.status).toBe(404)
  expect(bad.headers.get('content-type')).toBe('application/problem+json')
  expect(await bad.json()).toMatchObject({
    code: 'NOT_FOUND',
    fix: expect.stringMatching(/./),
    type: 'urn:understudy:error:NOT_FOUND',
  })
})

test('the probes tell without detail whether the process and its store answer', async () => {
  expect(await (await web.call('/healthz')).text()).toBe('ok')
  expect((await web.call('/readyz')).status).toBe(200)
  expect(web.logged).toEqual([])
})
