import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { run } from '@/lab/run-command'
import { sh } from '@/lib/commands/command'
import type { AuthKind } from '@/lib/domain/host'
import { readHostKey, testAccess } from '@/lib/io/ssh/access-probe'
import type { AccessToTest } from '@/lib/ports/host-door'
import { labDoors, registered, secretOf } from '@/test/harness/lab-doors'

let lab: Lab
let host: LabHost
const servers: Server[] = []

beforeAll(async () => {
  lab = await startLab({ hosts: 1 })
  host = lab.host(0)
})
afterAll(async () => {
  for (const server of servers) server.close()
  await lab.down()
})

const access = (more: Partial<AccessToTest> = {}): AccessToTest => ({
  name: host.name,
  address: host.address,
  port: host.port,
  user: 'root',
  authKind: 'key',
  secret: secretOf(host),
  hostKey: host.hostKey,
  ...more,
})
const withAuth = (user: 'root' | 'operator' | 'plain', authKind: AuthKind) =>
  access({ user, authKind, secret: secretOf(host, user) })

/** How many sign-ins, good and bad, the host's sshd has seen so far. */
const signIns = async () =>
  Number(await host.exec(`journalctl -u ssh -o cat | grep -Ec 'Accepted|Failed|Invalid' || true`))

test('the host key is read with the fingerprint that OpenSSH prints, and nobody tried to sign in', async () => {
  const before = await signIns()
  expect(await readHostKey(host.address, host.port)).toEqual({
    hostKey: host.hostKey,
    fingerprint: host.hostKeyFingerprint,
  })
  expect(await signIns()).toBe(before)
})

test('each kind of user is recognised by what it may do, by key and by password', async () => {
  const machineId = await host.exec('cat /etc/machine-id')
  const common = {
    fingerprint: host.hostKeyFingerprint,
    hostname: host.name,
    machineId,
    operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  }
  for (const authKind of ['key', 'password'] as const) {
    expect(await testAccess(withAuth('root', authKind), null)).toEqual({
      ...common,
      privilege: 'root',
      home: '/root',
    })
    expect(await testAccess(withAuth('operator', authKind), null)).toEqual({
      ...common,
      privilege: 'sudo',
      home: '/home/operator',
    })
    expect(await testAccess(withAuth('plain', authKind), null)).toEqual({
      ...common,
      privilege: 'unprivileged',
      home: '/home/plain',
    })
  }
})

test('an SSH agent signs in, and a missing one is said', async () => {
  const socket = join(dirname(host.privateKeyPath), 'agent.sock')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(agent.stdout, 'data')
  const env = ['env', `SSH_AUTH_SOCK=${socket}`]
  await run('env', [...env.slice(1), 'ssh-add', '-q', host.privateKeyPath])
  expect(await testAccess(access({ authKind: 'agent' }), socket)).toMatchObject({ privilege: 'root' })
  agent.kill()
  await once(agent, 'exit')
  await expect(testAccess(access({ authKind: 'agent' }), socket)).rejects.toMatchObject({
    code: 'HOST_AUTH_FAILED',
  })
  await expect(testAccess(access({ authKind: 'agent' }), null)).rejects.toMatchObject({
    code: 'HOST_AUTH_FAILED',
    message: expect.stringContaining('There is no SSH agent'),
  })
})

test('a key with a passphrase opens with it, and without it the sentence says what is missing', async () => {
  const path = join(dirname(host.privateKeyPath), 'locked')
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', path])
  await host.exec(`cat >>/root/.ssh/authorized_keys`, { input: `${await run('cat', [`${path}.pub`])}\n` })
  const privateKey = `${await run('cat', [path])}\n`
  const locked = (passphrase: string | null) => access({ secret: { privateKey, passphrase, password: null } })
  expect(await testAccess(locked('open sesame'), null)).toMatchObject({ privilege: 'root' })
  for (const passphrase of [null, 'wrong'])
    await expect(testAccess(locked(passphrase), null)).rejects.toMatchObject({
      code: 'HOST_AUTH_FAILED',
      message: `The private key can’t be read for ${host.name} (${host.address}).`,
      fix: expect.stringContaining('passphrase'),
    })
})

test('a wrong password and a wrong key are refused by the host, and the secret is in no word of the error', async () => {
  const wrong = access({
    user: 'operator',
    authKind: 'password',
    secret: { privateKey: null, passphrase: null, password: 'not-the-pass-word' },
  })
  const error = await testAccess(wrong, null).catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'HOST_AUTH_FAILED',
    message: `${host.name} (${host.address}) does not accept this password for the user operator.`,
  })
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('not-the-pass-word')

  const path = join(dirname(host.privateKeyPath), 'stranger')
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
  const privateKey = `${await run('cat', [path])}\n`
  await expect(
    testAccess(access({ secret: { privateKey, passphrase: null, password: null } }), null),
  ).rejects.toMatchObject({ code: 'HOST_AUTH_FAILED', message: expect.stringContaining('this key') })
})

test('a refused port, a silent address, a name and a stranger’s service are told apart', async () => {
  await expect(readHostKey(host.address, 2)).rejects.toMatchObject({ code: 'HOST_PORT_REFUSED' })
  await expect(readHostKey('no-such-host.invalid', 22)).rejects.toMatchObject({
    code: 'HOST_NAME_UNRESOLVED',
  })
  const nobody = host.address.replace(/\d+$/, '250')
  await expect(readHostKey(nobody, 22)).rejects.toMatchObject({ code: /HOST_(UNREACHABLE|TIMED_OUT)/ })
  const undo = await host.dropPort(22)
  await expect(readHostKey(host.address, 22)).rejects.toMatchObject({ code: 'HOST_TIMED_OUT' })
  await undo()
  await expect(readHostKey(host.address, 5432)).rejects.toMatchObject({
    code: 'HOST_UNREACHABLE',
    message: expect.stringContaining('not an SSH server'),
  })
})

test('a server that accepts and then says nothing is a frozen one', async () => {
  const mute = createServer(() => undefined).listen(0, '127.0.0.1')
  servers.push(mute)
  await once(mute, 'listening')
  const address = mute.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(readHostKey('127.0.0.1', port)).rejects.toMatchObject({
    code: 'HOST_TIMED_OUT',
    message: expect.stringContaining('accepts the connection'),
  })
})

test('an unconfirmed host key is refused, and its fingerprint said', async () => {
  const doors = labDoors(secretOf(host))
  const door = doors.door(registered(host, { hostKey: null }))
  await expect(door.run(sh`true`, { timeoutMs: 5000 })).rejects.toMatchObject({
    code: 'HOST_KEY_UNCONFIRMED',
    message: expect.stringContaining(host.hostKeyFingerprint),
  })
  await doors.close()
})

test('a changed host key is refused before anything is sent, and both fingerprints are said', async () => {
  const doors = labDoors(secretOf(host))
  const door = doors.door(registered(host))
  await door.run(sh`true`, { timeoutMs: 5000 })
  await host.exec(
    `cp -a /etc/ssh /root/ssh-before && rm -f /etc/ssh/ssh_host_* && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh`,
  )
  const seen = (await host.exec('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).split(' ')[1] ?? ''
  const before = await signIns()
  await host.exec('pkill -f "[s]shd: root@notty"')
  await awaitFact('the changed key to be noticed', () => {
    const now = door.state()
    return now.state === 'failed' && now.error.code === 'HOST_KEY_CHANGED'
  })
  const error = await door.run(sh`true`, { timeoutMs: 5000 }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'HOST_KEY_CHANGED', fix: expect.stringContaining('ssh-keygen -l') })
  expect(String(error)).toContain(host.hostKeyFingerprint)
  expect(String(error)).toContain(seen)
  expect(await signIns()).toBe(before)
  await host.exec('rm -rf /etc/ssh && mv /root/ssh-before /etc/ssh && systemctl restart ssh')
  await doors.close()
})
