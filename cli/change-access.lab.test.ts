import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { run } from '@/lab/run-command'
import type { Pair, Role } from '@/lib/domain/pair'
import { installHostRights } from '@/lib/services/hosts/install-host-rights'
import { readHostLock } from '@/lib/services/hosts/read-host-lock'
import { LabDashboard } from '@/test/harness/lab-dashboard'
import { cliOf, type TestCli } from '@/test/harness/run-cli'
import { newPair } from '@/test/harness/store-fixtures'

/** A pair that a worker watches; db1 is signed in to as `operator` with a password, db2 as root with a key. */
let lab: Lab
let dashboard: LabDashboard
let cli: TestCli
let pair: Pair
const folder = mkdtempSync(join(tmpdir(), 'understudy-keys-'))

beforeAll(async () => {
  lab = await startLab({ hostNames: ['db1', 'db2'] })
  dashboard = await LabDashboard.open()
  cli = cliOf(dashboard.wiring.environment)
  const [primary, standby] = [
    await dashboard.registerHost(lab.host(0), 'password'),
    await dashboard.registerHost(lab.host(1)),
  ]
  const vault = { id: 'vault', title: 'Vault', path: '/srv/ledger/vault', log: 'rsync_vault.log' }
  pair = await dashboard.wiring.store.pairs.insert(
    newPair(primary, standby, {
      slug: 'ledger',
      isPaired: true,
      settings: { walKeepSegments: 32, directories: [{ ...vault, schedule: '* * * * *' }] },
    }),
  )
  await dashboard.startWorker()
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await dashboard.close()
  await lab.down()
})

const change = (name: string, args: readonly string[], input = '') =>
  cli.run(['hosts', 'change-access', name, ...args], input)

/** What the worker’s last look that began after `since` says of the machine: `seen`, or the code of the reason. */
async function lookAt(role: Role, since: number) {
  const latest = await dashboard.wiring.store.observations.latest(pair.id)
  if (!latest || Date.parse(latest.observation.at) < since) return null
  const { machine } = latest.observation.hosts[role]
  return machine.seen ? { code: 'seen', fix: '' } : machine.why
}
async function untilLook(role: Role, code: string, timeoutMs = 30_000): Promise<void> {
  const since = Date.now()
  const seen = new Set<string>()
  const isSo = async () => {
    const now = (await lookAt(role, since))?.code
    if (now !== undefined) seen.add(now)
    return now === code
  }
  await awaitFact(`${role}: ${code}`, isSo, { timeoutMs, everyMs: 50 }).catch((error: unknown) => {
    throw new Error(`${String(error)}; seen: ${[...seen].join(', ') || 'no look'}`)
  })
}

/** Ends the connections of this login, as a restart of sshd or of the network would. */
const endConnections = (host: LabHost, user: string) => host.exec(`pkill -f '[s]shd: ${user}' || true`)

/** What the web process would do over its own kept connection. */
const askOverOwnDoor = () => readHostLock(dashboard.verbs, { hostId: pair.hosts.primary })

test('a really changed password is taken up by every process at once, with nothing restarted', async () => {
  const host = lab.host(0)
  await untilLook('primary', 'seen', 30_000)
  await askOverOwnDoor()
  await host.exec('chpasswd', { input: 'operator:another pass-word\n' })
  // Whoever is signed in stays so; whoever is not is refused, and then does not ask again for 15 s.
  await untilLook('primary', 'seen')
  await endConnections(host, 'operator')
  await untilLook('primary', 'HOST_AUTH_FAILED')
  expect((await lookAt('primary', 0))?.fix).toContain('understudy hosts change-access db1')
  await expect(askOverOwnDoor()).rejects.toMatchObject({ code: 'HOST_AUTH_FAILED' })

  const wrong = await change('db1', ['--password'], 'not-the-pass-word\n')
  expect(wrong).toMatchObject({ exitCode: 1, stdout: '' })
  const right = await change('db1', ['--password'], 'another pass-word\n')
  expect(right).toMatchObject({ exitCode: 0, stderr: '' })
  expect(right.stdout).toMatch(/^db1 .* operator +sudo +password/m)
  const changedAt = performance.now()
  await untilLook('primary', 'seen')
  expect(performance.now() - changedAt).toBeLessThan(5_000)
  expect(await askOverOwnDoor()).toMatchObject({ isHeld: false })

  const audit = await cli.run(['audit'])
  expect(audit.stdout).toMatch(/host\.change-access +db1 +refused/)
  expect(audit.stdout).toMatch(/host\.change-access +db1 +done/)
  const said = [wrong, right, audit].map(({ stdout, stderr }) => stdout + stderr).join()
  for (const secret of ['not-the-pass-word', 'another pass-word']) expect(said).not.toContain(secret)
})

test('a really rotated key is given on standard input', async () => {
  const host = lab.host(1)
  const path = join(folder, 'rotated')
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
  await host.exec('cat >/root/.ssh/authorized_keys', { input: `${await run('cat', [`${path}.pub`])}\n` })
  await endConnections(host, 'root')
  await untilLook('standby', 'HOST_AUTH_FAILED')
  expect(await change('db2', ['--key', lab.host(1).privateKeyPath])).toMatchObject({ exitCode: 1 })
  const privateKey = await run('cat', [path])
  expect(await change('db2', ['--key', '-'], `${privateKey}\n`)).toMatchObject({ exitCode: 0, stderr: '' })
  await untilLook('standby', 'seen')
})

test('another address and port are taken where the same machine answers there, and nowhere else', async () => {
  const [other, host] = [lab.host(0), lab.host(1)]
  const stranger = await change('db2', ['--address', other.address, '--yes'])
  expect(stranger).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('shows the host key') })
  expect(await change('db2', ['--port', '2', '--yes'])).toMatchObject({ exitCode: 1 })

  // A clone has the host key too, and is told by its machine-id.
  await other.exec('cp -a /etc/ssh /root/ssh-before')
  const key = await host.exec('cat /etc/ssh/ssh_host_ed25519_key')
  const publicKey = await host.exec('cat /etc/ssh/ssh_host_ed25519_key.pub')
  await other.exec('cat >/etc/ssh/ssh_host_ed25519_key', { input: `${key}\n` })
  await other.exec('cat >/etc/ssh/ssh_host_ed25519_key.pub', { input: `${publicKey}\n` })
  await other.exec(`systemctl restart ssh && cat >>/root/.ssh/authorized_keys`, {
    input: `${await run('cat', [join(folder, 'rotated.pub')])}\n`,
  })
  const clone = await change('db2', ['--address', other.address, '--yes'])
  expect(clone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('but is another machine') })
  await other.exec('rm -rf /etc/ssh && mv /root/ssh-before /etc/ssh && systemctl restart ssh')

  const address = host.address.replace(/\d+$/, '240')
  await host.exec(
    `device=$(ip -o -4 addr show to ${host.address} | cut -d' ' -f2); ip addr add ${address}/24 dev "$device"
     printf 'Port 22\\nPort 2222\\n' >/etc/ssh/sshd_config.d/ports.conf; systemctl restart ssh`,
  )
  const moved = await change('db2', ['--address', address, '--port', '2222', '--yes'])
  expect(moved).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${address} port 2222`) })
  expect(moved.stderr).toContain(`lets db2 replicate from ${host.address} alone`)
  await awaitFact('a connection to the new port', async () => {
    const connections = await host.exec(`ss -Htn state established '( sport = :2222 )'`)
    return connections !== ''
  })
  await untilLook('standby', 'seen')
})

test('another user leads to rights that are to be installed anew, which end those of the old one', async () => {
  const host = lab.host(0)
  const of = { hostId: pair.hosts.primary, slug: 'ledger' }
  await installHostRights(dashboard.verbs, of)
  await host.exec('rm /etc/sudoers.d/lab-operator')
  await untilLook('primary', 'seen')
  const changed = await change('db1', ['--user', 'plain', '--key', host.privateKeyPath, '--yes'])
  expect(changed).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^db1 .* plain +sudo +key/m) })
  expect(changed.stderr).toContain('understudy hosts sudoers db1 --pair ledger')
  await untilLook('primary', 'HOST_SUDO_REFUSED')
  const doctor = await cli.run(['doctor', '-o', 'json'])
  const checks: { id: string; outcome: string; evidence: string; fix: string }[] = JSON.parse(doctor.stdout)
  expect(checks.find(({ id }) => id === 'rights-db1-ledger')).toMatchObject({
    outcome: 'fail',
    evidence: expect.stringContaining('is written down for another login: plain may do nothing of it'),
    fix: expect.stringContaining('understudy hosts sudoers db1 --pair ledger'),
  })
  const script = await cli.run(['hosts', 'sudoers', 'db1', '--pair', 'ledger'])
  await host.exec('sh -s', { input: script.stdout })
  await untilLook('primary', 'seen')
  expect((await cli.run(['hosts', 'sudoers', 'db1', '--pair', 'ledger'])).stderr).toContain(
    'As root plain may do on db1 what is written down for ledger.',
  )
  expect(await host.exec('ls /etc/sudoers.d')).not.toContain('understudy-operator')
  expect((await host.tryExec('sudo -n -u postgres true', { user: 'operator' })).exitCode).not.toBe(0)
})

test('a connection that is open and well is replaced too: nothing goes on as the old user', async () => {
  const host = lab.host(0)
  const loginsOf = async (user: string) => Number(await host.exec(`pgrep -fc '[s]shd: ${user}' || true`))
  expect(await loginsOf('plain')).toBeGreaterThan(0)
  expect(await change('db1', ['--user', 'root', '--key', host.privateKeyPath, '--yes'])).toMatchObject({
    exitCode: 0,
  })
  await awaitFact('the old connections to end', async () => (await loginsOf('plain')) === 0)
  await untilLook('primary', 'seen')
  expect(await loginsOf('root')).toBeGreaterThan(0)
})
