import { execFileSync, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { quote } from '@/lib/commands/command'
import {
  announceGroup,
  becomeUser,
  becomeUserInJob,
  endGroupText,
  type Login,
} from '@/lib/commands/remote-shell'

const env = 'env LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const root: Login = { user: 'root', privilege: 'root' }
const sudo: Login = { user: 'ops', privilege: 'sudo' }
const plain: Login = { user: 'phantom', privilege: 'unprivileged' }

test('each privilege reaches each user in its own way, or not at all', () => {
  expect(becomeUser('X', 'login', root)).toBe(`cd / && exec ${env} X`)
  expect(becomeUser('X', 'root', root)).toBe(`cd / && exec ${env} X`)
  expect(becomeUser('X', 'database-owner', root)).toMatch(
    / && exec setpriv --reuid=.* --init-groups -- env .* X$/,
  )
  expect(becomeUser('X', 'login', sudo)).toBe(`cd / && exec ${env} X`)
  expect(becomeUser('X', 'root', sudo)).toBe(`cd / && exec sudo -n -- ${env} X`)
  expect(becomeUser('X', 'database-owner', sudo)).toBe(`cd / && exec sudo -n -u postgres -- ${env} X`)
  expect(becomeUser('X', 'login', plain)).toBe(`cd / && exec ${env} X`)
  expect(becomeUser('X', 'database-owner', plain)).toBe(`cd / && exec ${env} X`)
  expect(becomeUser('X', 'root', plain)).toBeNull()
})

test('where PostgreSQL belongs to another user, that one is the database’s owner in commands and jobs alike', () => {
  const databaseOwner = 'phantom'
  expect(becomeUser('X', 'database-owner', { ...sudo, databaseOwner })).toBe(
    `cd / && exec sudo -n -u phantom -- ${env} X`,
  )
  expect(becomeUser('X', 'database-owner', { ...root, databaseOwner })).toContain('id -u -- phantom')
  expect(becomeUserInJob('X', 'database-owner', { ...sudo, databaseOwner })).toContain('id -u -- phantom')
})

test('a job that is root already needs no sudo to become the others', () => {
  expect(becomeUserInJob('X', 'root', sudo)).toBe(`exec ${env} X`)
  expect(becomeUserInJob('X', 'login', sudo)).toContain('id -u -- ops')
  expect(becomeUserInJob('X', 'database-owner', root)).toContain('id -u -- postgres')
  expect(becomeUserInJob('X', 'login', root)).toBe(`exec ${env} X`)
  expect(becomeUserInJob('X', 'database-owner', plain)).toBe(`exec ${env} X`)
  expect(becomeUserInJob('X', 'root', plain)).toBeNull()
})

test('the environment of a command is C and a fixed PATH, its directory is /', () => {
  const text = becomeUser(`sh -c ${quote('echo "$LC_ALL $PATH"; pwd')}`, 'login', plain) ?? ''
  expect(execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8', cwd: '/tmp' })).toBe(
    'C /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n/\n',
  )
})

test('a command announces its process group first, and keeps its exit code, input and both streams', () => {
  const program = announceGroup('cat; echo out; echo err >&2; exit 7', 'MARK')
  const ran = spawnSync('/bin/sh', ['-c', `exec ${program}`], { input: 'in\n', encoding: 'utf8' })
  expect(ran.stderr).toMatch(/^MARK \d+\nerr\n$/)
  expect(ran.stdout).toMatch(/^MARK \d+\nin\nout\n$/)
  expect(ran.status).toBe(7)
})

test('a command with a syntax error still announces itself: it was started, and failed', () => {
  const ran = spawnSync('/bin/sh', ['-c', announceGroup('if (', 'MARK')], { encoding: 'utf8' })
  expect(ran.stderr).toMatch(/^MARK \d+\n/)
  expect(ran.status).not.toBe(0)
})

test('ending a group that is gone already does nothing', () => {
  const gone = spawnSync('setsid', ['true']).pid
  expect(spawnSync('/bin/sh', ['-c', endGroupText(gone, 100)]).status).toBe(0)
})

test('no number that means others is taken for a group', () => {
  for (const group of [0, 1, -1, 1.5, Number.NaN]) expect(() => endGroupText(group, 100)).toThrow(RangeError)
})
