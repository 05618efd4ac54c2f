import { afterAll, beforeAll, expect, test } from 'vitest'
import { planOf } from '@/test/harness/operation-events'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'

let now = new Date('2026-01-01T00:00:00.000Z')
let at: TestStore
beforeAll(async () => {
  at = await createTestStore({ clock: { now: () => now } })
})
afterAll(() => at.close())

test('a draft keeps its answers and who changed it last', async () => {
  const made = await at.store.drafts.insert('create', {
    step: 'hosts',
    answers: { a: [1] },
    updatedBy: 'ada',
  })
  expect(await at.store.drafts.find(made.id)).toEqual(made)
  now = new Date('2026-01-01T00:01:00.000Z')
  const changed = await at.store.drafts.update(made.id, {
    step: 'access',
    answers: { a: [2] },
    updatedBy: 'bob',
  })
  expect(changed).toEqual({
    ...made,
    step: 'access',
    answers: { a: [2] },
    updatedBy: 'bob',
    updatedAt: '2026-01-01T00:01:00.000Z',
    version: 2,
  })
  expect(await at.store.drafts.find(made.id)).toEqual(changed)
})

test('a draft that is not there is null, and can’t be changed', async () => {
  expect(await at.store.drafts.find('x')).toBeNull()
  await expect(at.store.drafts.update('x', { step: 's' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

const row = (action: string) => ({
  actor: 'ada',
  action,
  subject: 'pair a',
  origin: '10.0.0.1',
  outcome: 'done' as const,
  detail: '',
})

test('audit rows are listed newest first, page by page', async () => {
  for (const action of ['one', 'two', 'three']) await at.store.audit.append(row(action))
  const first = await at.store.audit.list({ limit: 2 })
  expect(first.map(({ action }) => action)).toEqual(['three', 'two'])
  expect(first[0]).toEqual({ ...row('three'), id: expect.any(Number), at: now.toISOString() })
  const rest = await at.store.audit.list({ limit: 2, beforeId: first[1]?.id ?? 0 })
  expect(rest.map(({ action }) => action)).toEqual(['one'])
})

test.for(['update audit set actor = null', 'delete from audit', 'truncate audit'])(
  'the audit log refuses: %s',
  async (statement) => {
    await at.store.audit.append(row('kept'))
    await expect(query(at.connectionString, statement)).rejects.toMatchObject({ code: '42501' })
  },
)

test('users come back without their password, which better-auth finds in the credential account', async () => {
  const user = await at.store.users.insert({
    name: 'Ada',
    email: 'Ada@Example.org',
    role: 'operator',
    passwordHash: '$argon2id$x',
  })
  expect(user).toEqual({
    id: expect.any(String),
    name: 'Ada',
    email: 'ada@example.org',
    role: 'operator',
    createdAt: now.toISOString(),
  })
  expect(await at.store.users.find(user.id)).toEqual(user)
  expect(await at.store.users.list()).toEqual([user])
  expect(await at.store.users.count()).toBe(1)
  expect(await query(at.connectionString, 'select provider_id, password, user_id from auth_account')).toEqual(
    [{ provider_id: 'credential', password: '$argon2id$x', user_id: user.id }],
  )
})

test('a taken e-mail is a conflict in whichever case, and leaves no account behind', async () => {
  const accounts = await query(at.connectionString, 'select * from auth_account')
  await expect(
    at.store.users.insert({ name: 'Eve', email: 'ADA@example.org', role: 'viewer', passwordHash: 'x' }),
  ).rejects.toMatchObject({ code: 'CONFLICT', fields: { email: expect.any(String) } })
  expect(await query(at.connectionString, 'select * from auth_account')).toEqual(accounts)
})

test('a role changes, and sessions end', async () => {
  const [user] = await at.store.users.list()
  const id = user?.id ?? ''
  await at.store.users.setRole(id, 'administrator')
  expect((await at.store.users.find(id))?.role).toBe('administrator')
  await query(
    at.connectionString,
    `insert into auth_session (id, expires_at, token, user_id) values ('1', now(), 't', '${id}'), ('2', now(), 'u', '${id}')`,
  )
  expect(await at.store.users.endSessions(id)).toBe(2)
  expect(await at.store.users.endSessions(id)).toBe(0)
  await expect(at.store.users.setRole('nobody', 'viewer')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('there is one set-up code, the last one set', async () => {
  expect(await at.store.setupCode.hash()).toBeNull()
  await at.store.setupCode.setHash('one')
  await at.store.setupCode.setHash('two')
  expect(await at.store.setupCode.hash()).toBe('two')
  await at.store.setupCode.setHash(null)
  expect(await at.store.setupCode.hash()).toBeNull()
})

test('two that use the set-up code at once: one finds it', async () => {
  await at.store.setupCode.setHash('code')
  const use = () =>
    at.store.transaction(async ({ setupCode }) => {
      const found = await setupCode.hash()
      await setupCode.setHash(null)
      return found
    })
  expect((await Promise.all([use(), use(), use()])).filter((found) => found !== null)).toEqual(['code'])
})

test('attempts are counted in a window that begins with the first, and each is counted once', async () => {
  now = new Date('2026-01-02T00:00:00.000Z')
  const limit = { max: 5, windowMs: 60_000 }
  const taken = await Promise.all(Array.from({ length: 8 }, () => at.store.attempts.take('ada', limit)))
  expect(taken.filter(({ allowed }) => allowed)).toHaveLength(5)
  now = new Date('2026-01-02T00:00:20.000Z')
  expect(await at.store.attempts.take('ada', limit)).toEqual({ allowed: false, retryAfterMs: 40_000 })
  expect(await at.store.attempts.take('bob', limit)).toEqual({ allowed: true, retryAfterMs: 0 })
  now = new Date('2026-01-02T00:01:00.000Z')
  expect(await at.store.attempts.take('ada', limit)).toEqual({ allowed: true, retryAfterMs: 0 })
})

test('clearing also forgets windows of over an hour ago, so that guesses at invented names do not pile up', async () => {
  const limit = { max: 1, windowMs: 60_000 }
  now = new Date('2026-01-03T00:00:00.000Z')
  await at.store.attempts.take('invented', limit)
  now = new Date('2026-01-03T01:30:00.000Z')
  await at.store.attempts.take('recent', limit)
  await at.store.attempts.clear('somebody')
  const rows = await query(at.connectionString, 'select key from attempts order by key')
  expect(rows).toEqual([{ key: 'recent' }])
})

test('attempts that are cleared begin anew', async () => {
  const limit = { max: 1, windowMs: 60_000 }
  await at.store.attempts.take('eve', limit)
  expect((await at.store.attempts.take('eve', limit)).allowed).toBe(false)
  await at.store.attempts.clear('eve')
  expect((await at.store.attempts.take('eve', limit)).allowed).toBe(true)
})

test('every dashboard has an identity of its own, the same for all its processes', async () => {
  const mine = await at.store.dashboard.identity()
  expect(await at.store.dashboard.identity()).toBe(mine)
  const other = await createTestStore()
  expect(await other.store.dashboard.identity()).not.toBe(mine)
  await other.close()
})

test('a shown plan is found for a quarter of an hour, and no other', async () => {
  const plan = planOf([], { operationId: '0a1b2c3d-0000-4000-8000-000000000001' })
  const began = now
  await at.store.shownPlans.keep(plan)
  expect(await at.store.shownPlans.find(plan.operationId)).toEqual(plan)
  expect(await at.store.shownPlans.find('0a1b2c3d-0000-4000-8000-000000000002')).toBeNull()
  expect(await at.store.shownPlans.find('no uuid')).toBeNull()
  now = new Date(began.getTime() + 15 * 60_000)
  expect(await at.store.shownPlans.find(plan.operationId)).toBeNull()
  now = new Date(now.getTime() + 1)
  await at.store.shownPlans.keep({ ...plan, operationId: '0a1b2c3d-0000-4000-8000-000000000003' })
  expect(await query(at.connectionString, 'select count(*)::int as n from shown_plans')).toEqual([{ n: 1 }])
})
