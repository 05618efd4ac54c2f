import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

const vault = '/srv/ledger/vault'
const kept = '/var/lib/kept'
let lab: Lab
let pair: LabPair

/** On the standby a synced directory is the root of a file system, and the operator has a place of his own for its old data. */
beforeAll(async () => {
  lab = await startLab()
  const standby = lab.host(1)
  await standby.exec('systemctl stop ledger.service')
  await standby.limitDisk(vault, 400)
  await standby.exec(
    `install -d ${vault}/lost+found && touch ${vault}/lost+found/x && echo old > ${vault}/only-here &&
     chmod 0711 ${vault} && touch -d '2001-02-03 04:05:06.7' ${vault} &&
     install -d -m 0700 -o postgres -g postgres ${kept}`,
  )
  pair = await openLabPair(lab)
  pair.pairs.current = { ...pair.pairs.current, scope: { database: true, files: true } }
})
afterAll(async () => {
  await pair?.close()
  await lab.down()
})

const ground = () => createGround(lab, pair, { oldDataDirectory: kept })
/** Which files these are, and whose directory it is: a rename keeps a file's number. */
const vaultNow = () =>
  lab.host(1).exec(`cd ${vault} && stat -c '%a %U %y' . && find . -type f -printf '%p %i %m %T@\\n' | sort &&
findmnt -no FSTYPE ${vault}`)
const placesNow = () =>
  lab.host(1).exec(`ls -A ${kept} /srv/ledger; stat -c '%i %a %U' /var/lib/postgresql/15/main`)

test('a directory that is a file system of its own, and old data where the operator wants it, are undone to what they were', async () => {
  const before = [await vaultNow(), await placesNow()]
  const whole = await ground()
  const found = whole.plan.preflight.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
  expect(found.map(({ id }) => id)).toEqual(['standby-data', 'directories', 'mount-points'])
  const trial = new EngineTrial(whole)
  trial.expect(await trial.life(breaksAt(whole.steps, 'mark-paired')), 'failed')
  expect(await lab.host(1).exec(`ls -A ${vault} ${kept}`)).toMatch(/\.understudy-[0-9a-f]{8}$/m)
  expect((await lab.host(1).tryExec(`cat ${vault}/only-here`)).exitCode).not.toBe(0)
  await trial.undoOrResume()
  expect([await vaultNow(), await placesNow()]).toEqual(before)
  await whole.dispose()
})

test('and take a standby; what is kept stays through every copy, and what a copy deletes stays on that file system', async () => {
  const before = await lab.host(1).exec('stat -c %i /var/lib/postgresql/15/main')
  const whole = await ground()
  const trial = new EngineTrial(whole)
  trial.expect(await trial.life(), 'succeeded')
  await whole.verifyDone()
  const mark = whole.plan.operationId.slice(0, 8)
  const standby = lab.host(1)
  expect(await standby.exec(`stat -c %i ${kept}/main.understudy-${mark}`)).toBe(before)
  expect(await standby.exec(`cat /var/lib/understudy/ledger/kept-${mark}.json`)).toContain(
    `["${kept}/main.understudy-${mark}","${vault}/.understudy-${mark}"`,
  )
  await lab
    .host(0)
    .exec(`echo gone > ${vault}/to-be-deleted && mkdir ${vault}/lost+found && touch ${vault}/lost+found/y`)
  const pull = () => standby.exec('/usr/local/lib/understudy/understudy-sync ledger vault --now')
  await pull()
  await lab.host(0).exec(`rm ${vault}/to-be-deleted`)
  await pull()
  expect(await standby.exec(`cat ${vault}/.understudy-${mark}/only-here`)).toBe('old')
  expect(await standby.exec(`ls ${vault}/lost+found`)).toBe('x')
  expect(await standby.exec(`cat ${vault}/.understudy-bin-ledger/vault/20*/*/to-be-deleted`)).toBe('gone')
  expect((await standby.tryExec('ls -d /srv/ledger/.understudy-bin-ledger/vault')).exitCode).not.toBe(0)
  await whole.dispose()
})
