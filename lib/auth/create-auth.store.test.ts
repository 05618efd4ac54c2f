import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Auth } from '@/lib/auth/auth'
import { createAuth } from '@/lib/auth/create-auth'
import { passwords } from '@/lib/auth/passwords'
import { authDatabase } from '@/lib/auth/session-store'
import { ensureSetupCode } from '@/lib/auth/setup-code'
import { createTestStore, type TestStore } from '@/test/harness/store'

const password = 'correct horse battery'
const origin = '192.0.2.7'
let now = new Date()
const clock = { now: () => now }

let at: TestStore
let auth: Auth
beforeAll(async () => {
  at = await createTestStore({ clock })
  auth = authOver('http://dashboard.test')
})
afterAll(() => at.close())

function authOver(publicUrl: string): Auth {
  const { database, schema } = at.store.auth
  return createAuth({
    store: at.store,
    database: authDatabase(database, schema),
    secret: 'a secret of the test, 32 characters',
    publicUrl,
  })
}

const withCookies = (cookies: readonly string[]) =>
  new Headers({ cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') })

const newestAudit = async () => (await at.store.audit.list({ limit: 1 }))[0]

let users = 0
async function insertUser(role: 'viewer' | 'operator' | 'administrator' = 'viewer') {
  users += 1
  const email = `user-${users}@example.org`
  return at.store.users.insert({ name: email, email, role, passwordHash: await passwords.hash(password) })
}

test('the one-time code makes one administrator, once, who is signed in by it', async () => {
  const first = await ensureSetupCode(at.store)
  const code = await ensureSetupCode(at.store)
  const input = { name: 'Ann', email: 'Ann@Example.org', password }
  await expect(auth.setUp({ ...input, code: first }, origin)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: { code: expect.any(String) },
  })
  expect(await newestAudit()).toMatchObject({ action: 'setup', outcome: 'refused', origin })

  const both = await Promise.allSettled([
    auth.setUp({ ...input, code }, origin),
    auth.setUp({ ...input, email: 'eve@example.org', code }, origin),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await at.store.users.count()).toBe(1)
  const rows = await at.store.audit.list({ limit: 10 })
  expect(rows.filter(({ action, outcome }) => action === 'setup' && outcome === 'done')).toHaveLength(1)
  const [done] = both.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const { user } = await auth.readSession(withCookies(done?.cookies ?? []))
  expect(user).toMatchObject({ role: 'administrator' })

  await expect(auth.setUp({ ...input, code }, origin)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await ensureSetupCode(at.store)).toBeNull()
  expect(await at.store.setupCode.hash()).toBeNull()
})

test('a code is read however it is typed, and only its hash is kept', async () => {
  const other = await createTestStore()
  const code = (await ensureSetupCode(other.store)) ?? ''
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/)
  expect(await other.store.setupCode.hash()).not.toContain(code)
  const { database, schema } = other.store.auth
  const otherAuth = createAuth({
    store: other.store,
    database: authDatabase(database, schema),
    secret: 'a secret of the test, 32 characters',
    publicUrl: 'http://dashboard.test',
  })
  const typed = ` ${code.toLowerCase().replaceAll('-', ' ')} `
  const { user } = await otherAuth.setUp(
    { name: 'Ann', email: 'a@example.org', password, code: typed },
    origin,
  )
  expect(user.role).toBe('administrator')
  await other.close()
})

test('a password is kept as argon2id', async () => {
  const hashed = await passwords.hash(password)
  expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await passwords.verify(hashed, password)).toBe(true)
  expect(await passwords.verify(hashed, `${password} `)).toBe(false)
})

test('a sign-in is audited; its cookie can’t be read by scripts nor sent from other sites; behind TLS it is Secure', async () => {
  const { email } = await insertUser()
  const { cookies } = await auth.signIn({ email, password }, origin)
  expect(await newestAudit()).toMatchObject({
    actor: email,
    action: 'session.sign-in',
    outcome: 'done',
    origin,
  })
  expect(cookies[0]).toMatch(/^understudy\.session_token=/)
  expect(cookies[0]).toMatch(/HttpOnly/i)
  expect(cookies[0]).toMatch(/SameSite=Strict/i)
  expect(cookies[0]).not.toMatch(/Secure/i)
  const behindTls = await authOver('https://dashboard.test').signIn({ email, password }, origin)
  expect(behindTls.cookies[0]).toMatch(/^__Secure-understudy\.session_token=.*Secure/i)
})

test('a wrong password and an unknown user get the same answer, and both attempts are audited', async () => {
  const { email } = await insertUser()
  const answers = await Promise.all(
    [email, 'nobody@example.org'].map((tried) =>
      auth.signIn({ email: tried, password: 'wrong password' }, origin).catch((error: unknown) => error),
    ),
  )
  expect(answers[0]).toMatchObject({ code: 'NOT_SIGNED_IN' })
  expect(answers[1]).toEqual(answers[0])
  const rows = await at.store.audit.list({ limit: 2 })
  expect(rows.map(({ actor }) => actor).sort()).toEqual(['nobody@example.org', email].sort())
  expect(rows.every(({ outcome, action }) => outcome === 'refused' && action === 'session.sign-in')).toBe(
    true,
  )
  expect(JSON.stringify(rows)).not.toContain('wrong password')
})

test('guesses at one user end after ten in a minute, even with the right password; others go on', async () => {
  const guessed = await insertUser()
  const other = await insertUser()
  for (let guess = 0; guess < 10; guess += 1)
    await expect(
      auth.signIn({ email: guessed.email, password: `guess ${guess}` }, origin),
    ).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' })
  await expect(auth.signIn({ email: guessed.email, password }, origin)).rejects.toMatchObject({
    code: 'TOO_MANY_ATTEMPTS',
    fix: expect.stringMatching(/^Wait \d+ s/),
  })
  await expect(auth.signIn({ email: other.email, password }, origin)).resolves.toBeDefined()
  now = new Date(now.getTime() + 61_000)
  await expect(auth.signIn({ email: guessed.email, password }, origin)).resolves.toBeDefined()
})

test('signing in starts the count of guesses anew', async () => {
  const { email } = await insertUser()
  for (let round = 0; round < 3; round += 1) {
    for (let guess = 0; guess < 5; guess += 1)
      await expect(auth.signIn({ email, password: 'no' }, origin)).rejects.toMatchObject({
        code: 'NOT_SIGNED_IN',
      })
    await expect(auth.signIn({ email, password }, origin)).resolves.toBeDefined()
  }
})

test('a session ends by signing out, and by being ended in the store, at once', async () => {
  const user = await insertUser('operator')
  const first = await auth.signIn({ email: user.email, password }, origin)
  const second = await auth.signIn({ email: user.email, password }, origin)
  expect((await auth.readSession(withCookies(first.cookies))).user).toEqual({
    id: user.id,
    name: user.name,
    email: user.email,
    role: 'operator',
  })
  await auth.signOut(withCookies(first.cookies), origin)
  expect((await auth.readSession(withCookies(first.cookies))).user).toBeNull()
  expect((await auth.readSession(withCookies(second.cookies))).user).not.toBeNull()
  expect(await newestAudit()).toMatchObject({ action: 'session.sign-out', actor: user.email })
  expect(await at.store.users.endSessions(user.id)).toBe(1)
  expect((await auth.readSession(withCookies(second.cookies))).user).toBeNull()
})

test.each([
  ['none', ''],
  ['an invented one', 'understudy.session_token=abc.def'],
  ['one signed with another secret', 'understudy.session_token=abc.c2lnbmF0dXJl'],
])('a request with no session cookie but %s belongs to nobody', async (_name, cookie) => {
  expect(await auth.readSession(new Headers({ cookie }))).toMatchObject({ user: null })
})

test('a form that is not filled in is refused before anything is counted', async () => {
  await expect(auth.signIn({ email: 'no address', password: '' }, origin)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: { email: expect.any(String), password: expect.any(String) },
  })
  await expect(
    auth.setUp({ code: 'x', name: 'A', email: 'a@example.org', password: 'short' }, origin),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', fields: { password: 'At least 12 characters.' } })
})
