import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type UserRole, userRoles } from '@/lib/domain/user'
import { AppError } from '@/lib/errors'
import type { NewAuditRow } from '@/lib/ports/store'
import type { ServiceContext } from '@/lib/services/context'
import { hostileNames } from '@/test/harness/hostile-text'
import { verbNames, verbOf } from '@/test/harness/service-verbs'

/** Every verb and who may call it. A verb that is not here fails the first test. */
const neededRole: Readonly<Record<string, UserRole>> = {
  'list-audit': 'administrator',
  'list-profile-problems': 'viewer',
  'list-profiles': 'viewer',
  'create/check-create': 'administrator',
  'create/find-on-hosts': 'administrator',
  'create/plan-create': 'administrator',
  'create/start-create': 'administrator',
  'drafts/create-draft': 'operator',
  'drafts/read-draft': 'operator',
  'drafts/update-draft': 'operator',
  'drills/list-drills': 'viewer',
  'drills/set-drill-schedule': 'operator',
  'hosts/break-host-lock': 'administrator',
  'hosts/change-host-access': 'administrator',
  'hosts/confirm-host-key': 'administrator',
  'hosts/install-host-rights': 'administrator',
  'hosts/list-hosts': 'viewer',
  'hosts/read-host-key': 'administrator',
  'hosts/read-host-lock': 'viewer',
  'hosts/read-host-rights': 'viewer',
  'hosts/read-registered-host-key': 'administrator',
  'hosts/register-host': 'administrator',
  'hosts/remove-host': 'administrator',
  'hosts/remove-host-rights': 'administrator',
  'hosts/test-host-access': 'administrator',
  'hosts/test-registered-host': 'administrator',
  'logs/download-log': 'viewer',
  'logs/list-directory-runs': 'viewer',
  'logs/list-recent-runs': 'viewer',
  'logs/list-log-files': 'viewer',
  'logs/read-log': 'viewer',
  'logs/search-log': 'viewer',
  'observe/find-replication': 'administrator',
  'observe/look-again': 'administrator',
  'observe/observe-pair': 'administrator',
  'operations/ask-of-operation': 'operator',
  'operations/list-operations': 'viewer',
  'operations/read-operation': 'viewer',
  'pair-operations/plan-pair-operation': 'operator',
  'pair-operations/start-pair-operation': 'operator',
  'pairs/find-missing-files': 'operator',
  'pairs/list-pairs': 'viewer',
  'pairs/read-pair': 'viewer',
  'pairs/remove-pair': 'administrator',
  'pairs/set-fence-returned': 'operator',
  'pairs/take-promotion': 'operator',
  'users/create-user': 'administrator',
  'users/end-user-sessions': 'administrator',
  'users/list-users': 'administrator',
  'users/set-user-password': 'administrator',
  'users/set-user-role': 'administrator',
}
class Touched extends Error {}
/** Whatever is asked of it, it says that it was touched. */
const untouchable: unknown = new Proxy(
  Object.freeze(() => undefined),
  {
    get: (_, key) => {
      throw new Touched(String(key))
    },
  },
)

/** A context in which only the audit log can be written; everything else says that it was touched. */
function contextOf(role: UserRole): { context: ServiceContext; audit: NewAuditRow[] } {
  const audit: NewAuditRow[] = []
  const store = new Proxy(
    {
      audit: {
        append: async (row: NewAuditRow) => void audit.push(row),
        list: async () => {
          throw new Touched('store.audit.list')
        },
      },
    },
    {
      get: (target, key) => {
        if (key === 'audit') return target.audit
        throw new Touched(`store.${String(key)}`)
      },
    },
  )
  const context = {
    actor: { kind: 'user', id: 'u1', name: 'ann', role },
    origin: '192.0.2.7',
    store,
    clock: { now: () => new Date(0) },
    doors: untouchable,
    access: untouchable,
    planners: untouchable,
    passwords: untouchable,
    profiles: untouchable,
    profileProblems: untouchable,
  }
  return { context: context as unknown as ServiceContext, audit }
}

const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => error,
  )

test('every verb is on the list with the role that it needs, and nothing else is', () => {
  expect(verbNames.toSorted()).toEqual(Object.keys(neededRole).toSorted())
})

const cases = Object.entries(neededRole).map(([name, needed]) => ({ name, needed }))

describe.each(cases)('$name, for the role $needed', ({ name, needed }) => {
  const below = userRoles.slice(0, userRoles.indexOf(needed))

  test('refuses every role below before it looks at anything, and writes that down', async () => {
    const verb = await verbOf(name)
    for (const role of below) {
      const { context, audit } = contextOf(role)
      expect(await outcomeOf(verb(context, {}))).toMatchObject({
        code: 'NOT_ALLOWED',
        message: `This needs the role ${needed}; yours is ${role}.`,
      })
      expect(audit).toEqual([
        expect.objectContaining({
          actor: 'ann',
          origin: '192.0.2.7',
          outcome: 'refused',
          detail: `NOT_ALLOWED: ${role}, needs ${needed}`,
          action: expect.stringMatching(/^[a-z]+\.[a-z-]+$/),
        }),
      ])
    }
  })

  test('lets that role and every one above in', async () => {
    const verb = await verbOf(name)
    for (const role of userRoles.slice(userRoles.indexOf(needed))) {
      const { context, audit } = contextOf(role)
      const outcome = await outcomeOf(verb(context, {}))
      expect(outcome instanceof AppError && outcome.code === 'NOT_ALLOWED').toBe(false)
      expect(audit.some(({ detail }) => detail.startsWith('NOT_ALLOWED'))).toBe(false)
    }
  })

  test('takes any input to the store or refuses it as INVALID_INPUT with the field, and never crashes', async () => {
    const verb = await verbOf(name)
    const anyInput = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom(
          'slug',
          'operation',
          'hostId',
          'operationId',
          'userId',
          'id',
          'name',
          'address',
          'limit',
          'kind',
        ),
        fc.oneof(fc.constantFrom(...hostileNames), fc.integer(), fc.constant(null)),
      ),
    )
    for (const input of [undefined, null, [], '', 0, ...fc.sample(anyInput, 25)]) {
      const { context } = contextOf('administrator')
      const outcome = await outcomeOf(verb(context, input))
      if (outcome === 'done' || outcome instanceof Touched) continue
      expect(outcome, JSON.stringify(input)).toBeInstanceOf(AppError)
      expect(outcome).toMatchObject({ code: 'INVALID_INPUT', fields: expect.any(Object) })
    }
  })
})
