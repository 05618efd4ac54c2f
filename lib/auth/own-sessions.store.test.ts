import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Auth } from '@/lib/auth/auth'
import { createAuth } from '@/lib/auth/create-auth'
import { passwords } from '@/lib/auth/passwords'
import { authDatabase } from '@/lib/auth/session-store'
import { createTestStore, type TestStore } from '@/test/harness/store'

const password = 'correct horse battery'
const another = 'another few plain words'
const origin = '192.0.2.7'

let at: TestStore
let auth: Auth
beforeAll(async () => {
  at = await createTestStore()
  const { database, schema } = at.store.auth
  auth = createAuth({
    store: at.store,
    database: authDatabase(database, schema),
    secret: 'a secret of the test, 32 characters',
    publicUrl: 'http://dashboard.test',
  })
})
afterAll(() => at.close())

let users = 0
async function insertUser(): Promise<string> {
  users += 1
  const email = `user-${users}@example.org`
  const passwordHash = await passwords.hash(password)
  await at.store.users.insert({ name: email, email, role: 'viewer', passwordHash })
  return email
}

/** Signs in; the headers of that browser's next request. */
async function signIn(email: string, browser = 'Firefox'): Promise<Headers> {
  return asBrowser((await auth.signIn({ email, password }, origin, browser)).cookies, browser)
}

const asBrowser = (cookies: readonly string[], browser = 'Firefox') =>
  new Headers({ cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; '), 'user-agent': browser })

const isSignedIn = async (headers: Headers) => (await auth.readSession(headers)).user !== null
const newestAudit = async () => (await at.store.audit.list({ limit: 1 }))[0]

test('a changed password is the only good one, ends all sessions of the old one, and leaves other users alone', async () => {
  const [email, stranger] = [await insertUser(), await insertUser()]
  const [here, there, elsewhere] = [await signIn(email), await signIn(email), await signIn(stranger)]
  const { cookies } = await auth.changePassword(
    here,
    { currentPassword: password, password: another },
    origin,
  )
  // Whoever got hold of this browser's cookie before is out as well: it goes on with a new one.
  expect(await Promise.all([here, there, elsewhere].map(isSignedIn))).toEqual([false, false, true])
  expect(cookies).toMatchObject([expect.stringMatching(/; HttpOnly; SameSite=Strict/)])
  expect(await isSignedIn(asBrowser(cookies))).toBe(true)
  expect(await auth.listSessions(asBrowser(cookies))).toMatchObject([{ isThis: true, userAgent: 'Firefox' }])
  expect(await newestAudit()).toMatchObject({
    action: 'session.change-password',
    actor: email,
    outcome: 'done',
    origin,
  })
  await expect(auth.signIn({ email, password }, origin)).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' })
  await expect(auth.signIn({ email, password: another }, origin)).resolves.toBeDefined()
})

test('without the current password nothing changes, and the attempt is written down without what was typed', async () => {
  const email = await insertUser()
  const [here, there] = [await signIn(email), await signIn(email)]
  await expect(
    auth.changePassword(here, { currentPassword: 'a guess of mine', password: another }, origin),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', fields: { currentPassword: 'Not your password.' } })
  const row = await newestAudit()
  expect(row).toMatchObject({
    action: 'session.change-password',
    outcome: 'refused',
    detail: 'INVALID_INPUT',
  })
  expect(JSON.stringify(row)).not.toContain('a guess')
  expect(await isSignedIn(there)).toBe(true)
  await expect(auth.signIn({ email, password }, origin)).resolves.toBeDefined()
})

test('a short new password is refused at its field', async () => {
  const here = await signIn(await insertUser())
  await expect(
    auth.changePassword(here, { currentPassword: password, password: 'short' }, origin),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', fields: { password: 'At least 12 characters.' } })
})

test('a session that somebody got hold of is no faster way to guess the password', async () => {
  const here = await signIn(await insertUser())
  const guess = (count: number) =>
    auth.changePassword(here, { currentPassword: `guess ${count}`, password: another }, origin)
  for (let count = 0; count < 10; count += 1)
    await expect(guess(count)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(guess(10)).rejects.toMatchObject({ code: 'TOO_MANY_ATTEMPTS' })
})

test('one’s own sessions are listed by browser, newest first, and the others are ended at once', async () => {
  const email = await insertUser()
  const [phone, desk] = [await signIn(email, 'A phone'), await signIn(email, 'A desk')]
  await signIn(await insertUser(), 'A stranger')
  expect(await auth.listSessions(desk)).toMatchObject([
    { userAgent: 'A desk', isThis: true },
    { userAgent: 'A phone', isThis: false },
  ])
  await auth.endOtherSessions(desk, origin)
  expect(await isSignedIn(phone)).toBe(false)
  expect(await auth.listSessions(desk)).toMatchObject([{ userAgent: 'A desk' }])
  expect(await newestAudit()).toMatchObject({ action: 'session.end-others', actor: email, outcome: 'done' })
})

test.each(['changePassword', 'listSessions', 'endOtherSessions'] as const)(
  '%s needs a session',
  async (verb) => {
    const nobody = new Headers({ cookie: 'understudy.session_token=abc.def' })
    const asked =
      verb === 'changePassword'
        ? auth.changePassword(nobody, { currentPassword: password, password: another }, origin)
        : verb === 'listSessions'
          ? auth.listSessions(nobody)
          : auth.endOtherSessions(nobody, origin)
    await expect(asked).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' })
  },
)
