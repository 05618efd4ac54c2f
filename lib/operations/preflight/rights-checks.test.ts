import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Role } from '@/lib/domain/pair'
import { AppError } from '@/lib/errors'
import { rightsChecks } from '@/lib/operations/preflight/rights-checks'
import { neededRights } from '@/lib/operations/rights/read-rights'
import type { HostDoor } from '@/lib/ports/host-door'
import { pairFacts } from '@/test/harness/rights-ground'
import { type Answer, ScriptedDoor } from '@/test/harness/scripted-door'

const doorThat = (answer: Answer, privilege: HostDoor['privilege'] = 'sudo') => {
  const door = new ScriptedDoor()
  door.privilege = privilege
  door.onRun = () => answer
  return door
}
const sumOf = (text: string) => createHash('sha256').update(text).digest('hex')
const outcomesOf = async (
  primary: ScriptedDoor,
  standby: ScriptedDoor,
  installs = false,
  required: readonly Role[] = ['primary', 'standby'],
) =>
  (
    await rightsChecks({
      ...pairFacts(),
      doors: { primary, standby },
      installs: Promise.resolve(installs),
      required,
    })
  ).map(({ id, outcome }) => [id, outcome])

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

test('a host that can’t be asked is not passed, and warns only where the operation can do without it', async () => {
  const lost = doorThat(new AppError('HOST_UNREACHABLE', 'db1 is not there.'))
  expect(await outcomesOf(lost, lost)).toEqual([
    ['primary-rights', 'fail'],
    ['standby-rights', 'fail'],
  ])
  expect(await outcomesOf(lost, lost, false, ['standby'])).toEqual([
    ['primary-rights', 'warn'],
    ['standby-rights', 'fail'],
  ])
})

test('packages are never installed by rights that are written down: a create that would is stopped before it begins', async () => {
  const { profile, hosts, pair } = pairFacts()
  const process =
    'bin /usr/lib/postgresql/15/bin\nconfig /etc/postgresql/15/main/postgresql.conf\nunit \nstart \n'
  const doorOf = (host: typeof hosts.primary, peer: typeof hosts.primary) => {
    const door = new ScriptedDoor()
    door.onOpen = () => Promise.reject(new AppError('POSTGRES_AUTH_FAILED', 'Not let in.'))
    door.onRun = async () => process
    const needed = neededRights({ door, host, peer, pair, profile })
    door.onRun = ({ text }) =>
      text.includes('pgrep')
        ? process
        : needed.then(
            ({ program, rights }) =>
              `program ${sumOf(program)}\nrights ${sumOf(rights)}\npermitted yes\nend yes\n`,
          )
    return door
  }
  const primary = doorOf(hosts.primary, hosts.standby)
  const standby = doorOf(hosts.standby, hosts.primary)
  expect(await outcomesOf(primary, standby)).toEqual([
    ['primary-rights', 'pass'],
    ['standby-rights', 'pass'],
  ])
  expect(await outcomesOf(primary, standby, true)).toEqual([
    ['primary-rights', 'pass'],
    ['standby-rights', 'fail'],
  ])
})
