import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { run } from '@/lab/run-command'
import type { ErrorCode } from '@/lib/errors'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround, readTraces } from '@/test/harness/create-ground'
import { EngineTrial, type ProvingGround } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { promoteGround } from '@/test/harness/promote-ground'
import { listeningIo } from '@/test/harness/step-io'

let lab: Lab
let pair: LabPair
beforeAll(async () => {
  lab = await startLab()
  await lab.powerOff()
  await lab.saveDisks('fresh')
  await lab.boot()
})
afterAll(async () => {
  await pair?.close()
  await lab.down()
})

/** Fresh hosts, changed before anything is planned, and the pair that an operator would have registered then. */
async function begin(prepare: () => Promise<void> = async () => undefined): Promise<void> {
  await pair?.close()
  await lab.restoreDisks('fresh')
  await lab.boot()
  await prepare()
  pair = await openLabPair(lab)
}
const withFiles = () => pair.pairs.update('', { scope: { database: true, files: true } })

/** As two machines made from one image: the same SSH host key, which then is pinned for both. */
async function shareHostKey(): Promise<void> {
  const files = '/etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key.pub'
  const content = await lab.host(0).exec(`tar -C / -cf - ${files} 2>/dev/null | base64 -w0`)
  await lab.host(1).exec('base64 -d | tar -C / -xf - && systemctl restart ssh', { input: content })
}
const pinSharedKey = () => {
  const { hostKey, hostKeyFingerprint } = lab.host(0)
  Object.assign(pair.hosts.standby, { hostKey, hostKeyFingerprint })
}

/** As where the machine was made from the other's image without a machine-id of its own. */
async function shareMachineId(): Promise<void> {
  const machineId = await lab.host(0).exec('cat /etc/machine-id')
  await lab.host(1).exec('cat > /etc/machine-id', { input: `${machineId}\n` })
}

const networkFile = '/etc/systemd/network/10-host0.network'

/** Each host comes up with the other's address. */
async function swapAddresses(): Promise<void> {
  const [one, other] = [lab.host(0), lab.host(1)]
  for (const [host, address, next] of [
    [one, one.address, other.address],
    [other, other.address, one.address],
  ] as const)
    await host.exec(`sed -i 's|^Address=${address}/|Address=${next}/|' ${networkFile} && sync`)
  await restart()
}

async function restart(): Promise<void> {
  await lab.powerOff()
  await run('ip', ['neigh', 'flush', 'to', `${lab.host(0).address.replace(/\.\d+$/, '.0')}/24`])
  await lab.boot()
}

/** Beside what operations touch: their own log, the data that a standby and a primary share, and which directories the files are in. */
async function stateOf(host: LabHost): Promise<string> {
  const files = await host.exec(
    `stat -c '%n %i' /srv/ledger /srv/ledger/*; cat /srv/ledger/etc/* 2>/dev/null; true`,
  )
  const role = await host.sql('select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()')
  const logs = await host.exec('cat /var/log/ledger/warm_standby.log 2>/dev/null | wc -l')
  return `${await readTraces(host)}\n${files}\n${role}\n${logs}`
}

/** Runs it on hosts that have changed since it was planned: it is refused, and both hosts are as they were before it ran. */
async function expectRefused(
  ground: ProvingGround<null>,
  code: ErrorCode,
  trial = new EngineTrial(ground),
): Promise<void> {
  const before = await statesOf()
  trial.expect(await trial.life(), 'failed')
  expect(trial.operations.recorded.at(-1)?.event).toMatchObject({ type: 'operation.failed', error: { code } })
  expect(await statesOf()).toEqual(before)
  await ground.dispose()
}
const statesOf = () => Promise.all(lab.hosts.map(stateOf))

/** The invariants of these grounds speak of hosts in their planned places. */
const withoutPlaces = <T extends ProvingGround<null>>(ground: T): T => ({
  ...ground,
  verifyInvariants: async () => undefined,
})
const planCreate = async () => withoutPlaces(await createGround(lab, pair))
const planPromote = async () => withoutPlaces(await promoteGround(lab, pair))

async function makePair(): Promise<void> {
  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  trial.expect(await trial.life(), 'succeeded')
  await ground.dispose()
}

describe('two hosts that exchanged their addresses after the plan was made are not touched', () => {
  test('by a create where both have the same SSH host key: the machine-id tells', async () => {
    await begin(shareHostKey)
    pinSharedKey()
    const ground = await planCreate()
    await swapAddresses()
    await expectRefused(ground, 'WRONG_HOST')
  })

  test('by a promotion of database and files', async () => {
    await begin(shareHostKey)
    pinSharedKey()
    await withFiles()
    await makePair()
    const ground = await planPromote()
    await swapAddresses()
    await expectRefused(ground, 'WRONG_HOST')
  })

  test('by a promotion where even the machine-id and the data are the same: no lock and no transcript is written on either', async () => {
    await begin(shareHostKey)
    pinSharedKey()
    await makePair()
    await shareMachineId()
    const ground = await planPromote()
    const refused = ground.plan.preflight.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id)
    expect(refused).toContain('two-hosts')
    await swapAddresses()
    await expectRefused(ground, 'WRONG_HOST')
  })

  test.each(['directories-aside', 'first-copy'])(
    'by the files of a create that comes to %s only then: the machine-id tells, and were it the same, the role',
    async (id) => {
      await begin(shareHostKey)
      pinSharedKey()
      await withFiles()
      const ground = await planCreate()
      const trial = new EngineTrial(ground)
      const before = ground.steps[ground.steps.findIndex(({ planned }) => planned.id === id) - 1]
      trial.expect(await trial.life(breaksAt(ground.steps, before?.planned.id ?? '')), 'failed')
      await swapAddresses()
      const seen = await statesOf()
      const step = ground.steps.find(({ planned }) => planned.id === id)
      await expect(step?.prove?.(null, listeningIo())).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' })
      expect(await statesOf()).toEqual(seen)
      await trial.ask('resume')
      await expectRefused(ground, 'WRONG_HOST', trial)
    },
  )
})

describe('a host that was restored from the other’s image after the plan was made is not touched', () => {
  test('by a create: the standby from the primary’s', async () => {
    await begin(shareHostKey)
    pinSharedKey()
    const ground = await planCreate()
    await lab.powerOff()
    await lab.cloneDisk(0, 1)
    await lab.boot()
    const ids = await Promise.all(lab.hosts.map((host) => host.exec('cat /etc/machine-id')))
    expect(new Set(ids).size).toBe(1)
    await expectRefused(ground, 'WRONG_HOST')
  })

  test('by a promotion: the standby from the primary’s, so that two primaries answer', async () => {
    await begin(shareHostKey)
    pinSharedKey()
    await makePair()
    const ground = await planPromote()
    await lab.powerOff()
    await lab.cloneDisk(0, 1)
    await lab.boot()
    await expectRefused(ground, 'WRONG_HOST')
  })
})
