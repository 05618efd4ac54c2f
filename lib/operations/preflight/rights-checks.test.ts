import { expect, test } from 'vitest'
import { AppError } from '@/lib/errors'
import { rightsChecks } from '@/lib/operations/preflight/rights-checks'
import type { HostDoor } from '@/lib/ports/host-door'
import { pairFacts } from '@/test/harness/rights-ground'
import { type Answer, ScriptedDoor } from '@/test/harness/scripted-door'

const doorThat = (answer: Answer, privilege: HostDoor['privilege'] = 'sudo') => {
  const door = new ScriptedDoor()
  door.privilege = privilege
  door.onRun = () => answer
  return door
}
const outcomesOf = async (primary: ScriptedDoor, standby: ScriptedDoor) =>
  (await rightsChecks({ ...pairFacts(), doors: { primary, standby }, isUrgent: false })).map(
    ({ id, outcome }) => [id, outcome],
  )

test('each host is judged by its own login', async () => {
  const unrestricted = doorThat('unrestricted yes\nend yes\n')
  expect(await outcomesOf(unrestricted, doorThat('end yes\n'))).toEqual([
    ['primary-rights', 'pass'],
    ['standby-rights', 'fail'],
  ])
})

test('a login that needs no sudo is not asked', async () => {
  const [root, owner] = [doorThat('', 'root'), doorThat('', 'unprivileged')]
  expect(await outcomesOf(root, owner)).toEqual([
    ['primary-rights', 'not-applicable'],
    ['standby-rights', 'not-applicable'],
  ])
  expect([...root.ran, ...owner.ran]).toEqual([])
})

test('a host that can’t be asked is neither fine nor bad here: its access is a check of its own', async () => {
  const lost = doorThat(new AppError('HOST_UNREACHABLE', 'db1 is not there.'))
  expect(await outcomesOf(lost, lost)).toEqual([
    ['primary-rights', 'not-applicable'],
    ['standby-rights', 'not-applicable'],
  ])
})
