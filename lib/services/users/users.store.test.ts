import { afterAll, beforeAll, expect, test } from 'vitest'
import { passwords } from '@/lib/auth/passwords'
import { listAudit } from '@/lib/services/list-audit'
import { createUser } from '@/lib/services/users/create-user'
import { endUserSessions } from '@/lib/services/users/end-user-sessions'
import { listUsers } from '@/lib/services/users/list-users'
import { setUserPassword } from '@/lib/services/users/set-user-password'
import { setUserRole } from '@/lib/services/users/set-user-role'
import { systemClock } from '@/lib/time'
import { createTestGround, type TestGround } from '@/test/harness/services'
import { createTestStore, type TestStore } from '@/test/harness/store'
import { query } from '@/test/harness/store-cluster'

let at: TestStore
let web: TestGround
beforeAll(async () => {
  at = await createTestStore()
  web = await createTestGround(at.store, systemClock)
})
afterAll(() => at.close())

const password = 'correct horse battery'
let count = 0
const newUser = (over: Record<string, unknown> = {}) => {
  count += 1
  return { name: `User ${count}`, email: `user-${count}@example.org`, role: 'viewer', password, ...over }
}

test('a user is added with a hashed password, under one address however it is written', async () => {
  const administrator = web.as('administrator', 'ann@example.org')
  const made = await createUser(administrator, newUser({ email: ' Bo@Example.org ' }))
  expect(made).toMatchObject({ email: 'bo@example.org', role: 'viewer' })
  expect(await listUsers(administrator)).toContainEqual(made)
  const rows = await query(at.connectionString, 'select password from auth_account')
  const [{ password: kept } = { password: '' }] = rows as { password: string }[]
  expect(await passwords.verify(kept, password)).toBe(true)
  await expect(createUser(administrator, newUser({ email: 'BO@example.org' }))).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  const [refused, done] = await listAudit(administrator, { limit: '2' })
  expect(refused).toMatchObject({ action: 'user.create', outcome: 'refused', actor: 'ann@example.org' })
  expect(done).toMatchObject({ action: 'user.create', outcome: 'done', subject: 'bo@example.org' })
})

test.each([
  ['a short password', { password: 'short' }, 'password'],
  ['no address', { email: 'bo' }, 'email'],
  ['a role that there is not', { role: 'root' }, 'role'],
  ['a name of two lines', { name: 'a\nb' }, 'name'],
])('%s is refused at its field, and never repeated', async (_name, change, field) => {
  const error = await createUser(web.as('administrator'), newUser(change)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'INVALID_INPUT', fields: { [field]: expect.any(String) } })
  expect(JSON.stringify(error)).not.toContain(password)
})

test('the last administrator stays one', async () => {
  const administrator = web.as('administrator')
  const first = await createUser(administrator, newUser({ role: 'administrator' }))
  await expect(setUserRole(administrator, { userId: first.id, role: 'viewer' })).rejects.toMatchObject({
    code: 'PRECONDITION_FAILED',
  })
  const second = await createUser(administrator, newUser({ role: 'operator' }))
  await setUserRole(administrator, { userId: second.id, role: 'administrator' })
  expect(await setUserRole(administrator, { userId: first.id, role: 'viewer' })).toMatchObject({
    role: 'viewer',
  })
  expect((await listAudit(administrator, {}))[0]).toMatchObject({
    action: 'user.set-role',
    subject: first.email,
    detail: 'administrator to viewer',
  })
})

test('a password that was set by an administrator is the only good one, and the user is signed out everywhere', async () => {
  const administrator = web.as('administrator')
  const user = await createUser(administrator, newUser())
  await setUserPassword(administrator, { userId: user.id, password: 'another few plain words' })
  const rows = await query(
    at.connectionString,
    `select password from auth_account where user_id = '${user.id}'`,
  )
  const [{ password: kept } = { password: '' }] = rows as { password: string }[]
  expect(await passwords.verify(kept, 'another few plain words')).toBe(true)
  const refused = setUserPassword(administrator, { userId: user.id, password: 'short' })
  await expect(refused).rejects.toMatchObject({ fields: { password: 'At least 12 characters.' } })
  const missing = setUserPassword(administrator, { userId: 'nobody', password: 'another few plain words' })
  await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('who is not there can be given no role and has no sessions to end', async () => {
  const administrator = web.as('administrator')
  await expect(setUserRole(administrator, { userId: 'nobody', role: 'viewer' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await expect(endUserSessions(administrator, { userId: 'nobody' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})

test('the audit log is read page by page, the newest first', async () => {
  const administrator = web.as('administrator')
  const all = await listAudit(administrator, { limit: 500 })
  expect(all.length).toBeGreaterThan(4)
  const first = await listAudit(administrator, { limit: 2 })
  const second = await listAudit(administrator, { limit: 2, beforeId: String(first.at(-1)?.id) })
  expect([...first, ...second]).toEqual(all.slice(0, 4))
  await expect(listAudit(web.as('operator'), {})).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
})
