import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { CliPair, succeeds } from '@/test/harness/cli-pair'

const state = '/var/lib/understudy/ledger'
const runner = '/usr/local/lib/understudy/understudy-sync ledger vault'
const vault = '/srv/ledger/vault'

let pair: CliPair
beforeAll(async () => {
  pair = await CliPair.create()
  await pair.untilState('protected')
})
afterAll(() => pair?.dispose())

const rotate = async () =>
  succeeds(await pair.cli.run(['rotate-key', '--yes', '--reason', 'Keys are rotated each year.']))
const publicKey = (index: number) => pair.lab.host(index).exec(`cat ${state}/sync_key.pub`)
/** The lines that let the other host in. */
const letIn = async (index: number) =>
  (await pair.lab.host(index).tryExec('grep understudy-send /root/.ssh/authorized_keys')).stdout.trim()
/** What the primary answers to a key of the standby's. */
const knock = (key: string) => {
  const options =
    '-o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR'
  return pair.lab
    .host(1)
    .tryExec(`ssh -F /dev/null -i ${key} ${options} root@${pair.lab.host(0).address} true </dev/null`)
}
/** A copy that is waited for brings what was written just now. */
async function expectCopied(from = 0, to = 1): Promise<void> {
  const mark = `mark-${crypto.randomUUID()}`
  await pair.lab.host(from).exec(`echo ${mark} > ${vault}/${mark}`)
  await pair.lab.host(to).exec(`${runner} --now && test -e ${vault}/${mark}`)
}

describe('a rotation of the key', () => {
  test('gives the standby another one, bound as the first, and the old one is refused from then on', async () => {
    const [before, line] = [await publicKey(1), await letIn(0)]
    await pair.lab.host(1).exec(`cp -p ${state}/sync_key /root/old-key`)
    expect(await knock('/root/old-key')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('understudy-send: not-allowed'),
    })
    const { stdout } = await rotate()
    expect(stdout).toMatch(
      /By the new key vault, etc, reports can be read; anything but a copy .* is refused\./,
    )
    expect(stdout).toContain('The old key was tried and is refused; the new one is let in.')
    const after = await publicKey(1)
    expect(after).not.toBe(before)
    expect(await letIn(0)).toBe(line.replace(before, after))
    const refused = await knock('/root/old-key')
    expect(refused).toMatchObject({ exitCode: 255, stderr: expect.stringContaining('Permission denied') })
    expect((await knock(`${state}/sync_key`)).stderr).toContain('understudy-send: not-allowed')
    expect(await pair.lab.host(1).exec(`stat -c '%U %a' ${state}/sync_key; ls ${state}`)).not.toMatch(
      /rotation/,
    )
    await expectCopied()
    await pair.lab.host(0).exec(`! find / -xdev -name 'sync_key*' | grep -q .`)
  })

  test('lets a copy go on that signed in by the old key, and ends well', async () => {
    const [primary, standby] = [pair.lab.host(0), pair.lab.host(1)]
    await primary.exec(`head -c 150000000 /dev/urandom > ${vault}/large`)
    const fast = await primary.slowLink(20_000)
    const copy = standby.exec(`${runner} --now`, { timeoutMs: 200_000 })
    const isCopying = async () => (await standby.tryExec(`ls ${vault}/.large.*`)).exitCode === 0
    await awaitFact('a copy that has signed in', isCopying, { timeoutMs: 60_000 })
    // It stands still for as long as the rotation takes.
    await standby.exec('pkill -STOP -x rsync')
    await fast()
    await rotate()
    expect(await isCopying()).toBe(true)
    const placed = Number(await standby.exec(`stat -c %Z ${state}/sync_key`)) * 1_000
    await standby.exec('pkill -CONT -x rsync')
    await copy
    const run = JSON.parse(await standby.exec(`cat ${state}/runs/vault.last`))
    expect(run).toMatchObject({ result: 'ok', exit: 0 })
    expect(Date.parse(run.start)).toBeLessThanOrEqual(placed)
    expect(Date.parse(run.end)).toBeGreaterThanOrEqual(placed)
    const sum = `sha256sum < ${vault}/large`
    expect(await standby.exec(sum)).toBe(await primary.exec(sum))
    await primary.exec(`rm ${vault}/large`)
    await expectCopied()
  })

  test('mends an access of which somebody took a part away: the key, or the line', async () => {
    await pair.lab.host(1).exec(`rm ${state}/sync_key ${state}/sync_key.pub`)
    expect((await pair.lab.host(1).tryExec(`${runner} --now`)).exitCode).not.toBe(0)
    await rotate()
    await expectCopied()
    await pair.lab.host(0).exec(`sed -i /understudy-send/d /root/.ssh/authorized_keys`)
    expect((await pair.lab.host(1).tryExec(`${runner} --now`)).exitCode).not.toBe(0)
    await rotate()
    await expectCopied()
  })

  test('does not call a key refused that something else still lets in, and ends once that is gone', async () => {
    const [primary, standby] = [pair.lab.host(0), pair.lab.host(1)]
    await standby.exec(`cp -p ${state}/sync_key /root/old-key`)
    const old = await publicKey(1)
    await primary.exec('cat >> /root/.ssh/authorized_keys', { input: `${old}\n` })
    const failed = await pair.cli.run(['rotate-key', '--yes', '--reason', 'a test'])
    expect(failed).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('still lets the old key in'),
    })
    expect((await knock('/root/old-key')).exitCode).toBe(0)
    await expectCopied()
    await primary.exec(
      `grep -vxF '${old}' /root/.ssh/authorized_keys > /root/kept; cat /root/kept > /root/.ssh/authorized_keys`,
    )
    const [, operation = ''] = /Operation (\S+)/.exec(failed.stderr) ?? []
    expect((await pair.cli.run(['operations', 'resume', operation])).stderr).toContain('succeeded')
    expect((await knock('/root/old-key')).exitCode).toBe(255)
    expect(await standby.exec(`ls ${state}`)).not.toContain('rotation')
    await expectCopied()
  })
})

test('a host key that was confirmed anew reaches the standby by a rotation, which shows both', async () => {
  const [primary, standby] = [pair.lab.host(0), pair.lab.host(1)]
  await pair.untilState('protected')
  await primary.exec(
    `rm /etc/ssh/ssh_host_*; ssh-keygen -q -A; systemctl restart ssh; pkill -f '[s]shd: root' || true`,
  )
  const shown = 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d" " -f2'
  const fingerprint = await primary.exec(shown)
  expect((await standby.tryExec(`${runner} --now`)).exitCode).not.toBe(0)
  expect(JSON.parse(await standby.exec(`cat ${state}/runs/vault.last`))).toMatchObject({
    result: 'failed-connection',
  })
  const confirmed = await pair.cli.run(['hosts', 'confirm-key', 'db1', '--fingerprint', fingerprint])
  expect(confirmed).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('understudy rotate-key --pair ledger'),
  })
  await awaitFact(
    'a look at both hosts',
    async () => {
      const now = (await pair.verdict())?.state
      return now === 'protected' || now === 'degraded'
    },
    { timeoutMs: 60_000 },
  )
  const plan = await pair.cli.run(['plan', 'rotate-key'])
  expect(plan.stdout).toContain(`db2 accepts the host key ${primary.hostKeyFingerprint} of db1 until now`)
  expect(plan.stdout).toContain(`from now on ${fingerprint}`)
  await rotate()
  await expectCopied()
  expect(await standby.exec('cat /etc/understudy/ledger/known_hosts')).toBe(
    `${primary.address} ${await primary.exec('cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub')}`,
  )
})

test('once the roles are exchanged, the key of the former standby ends with a rotation; exchanged back, files flow by a new one', async () => {
  const turn = async (to: string) =>
    succeeds(
      await pair.cli.run([
        ...['switchover', '--yes', '--reason', 'Maintenance.'],
        ...['--type-words', `switch over to ${to}`],
      ]),
    )
  await pair.untilState('protected')
  await turn('db2')
  await pair.awaitFollows(0, 1)
  const former = await publicKey(1)
  expect(await letIn(0)).toContain(former)
  const own = await publicKey(0)
  await rotate()
  expect(await publicKey(0)).not.toBe(own)
  expect(await letIn(0)).toBe('')
  expect((await pair.lab.host(1).tryExec(`ls ${state}/sync_key`)).exitCode).not.toBe(0)
  await expectCopied(1, 0)
  await turn('db1')
  await pair.awaitFollows(1, 0)
  expect(await publicKey(1)).not.toBe(former)
})
