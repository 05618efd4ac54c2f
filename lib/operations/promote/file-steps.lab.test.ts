import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { alterStep } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'
import { promoteGround } from '@/test/harness/promote-ground'

describe('a pair with directories', () => {
  let lab: Lab
  let pair: LabPair
  beforeEach(async () => {
    lab = await startLab()
    pair = await openLabPair(lab)
    pair.pairs.current = { ...pair.pairs.current, scope: { database: true, files: true } }
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.dispose()
  })
  afterEach(async () => {
    await pair.close()
    await lab.down()
  })

  const runner = '/usr/local/lib/understudy/understudy-sync ledger vault'
  const lastRecord = () => lab.host(1).exec('cat /var/lib/understudy/ledger/runs/vault.last')
  /** Rows that the old primary wrote, checked against the files on the host that was promoted. */
  const rowsOfOld = () =>
    lab
      .host(1)
      .sql(
        `select sha256 || '  /srv/ledger/vault/' || file from entries where file like '%/${lab.host(0).name}-%' order by id`,
      )

  test('promoted with the primary alive, every row has its file, and an undo before it lets cron copy again', async () => {
    const undone = await promoteGround(lab, pair)
    const broken = undone.steps.map((step) =>
      step.planned.id === 'promote-standby'
        ? alterStep(step, { attemptsMax: 1, check: () => Promise.reject(new Error('broken')) })
        : step,
    )
    const first = new EngineTrial(undone)
    first.expect(await first.life(broken), 'failed')
    expect((await lab.host(1).tryExec('test -e /etc/cron.d/understudy-ledger')).exitCode).toBe(1)
    await first.undoOrResume()
    await lab.host(1).exec('test -e /etc/cron.d/understudy-ledger')
    await undone.dispose()

    const ground = await promoteGround(lab, pair)
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    const rows = await rowsOfOld()
    expect(rows.split('\n').length).toBeGreaterThan(20)
    await lab.host(1).exec('sha256sum --check --quiet -', { input: `${rows}\n` })
    await ground.dispose()
  })

  test('promoted with the primary dead, a copy that hangs is ended, and no copy ever touches the new primary', async () => {
    const before = await rowsOfOld()
    await lab.host(1).exec(`${runner} --now`)
    // Without cron for a moment: its own copy would be the one that hangs, and ours would be skipped.
    await lab.host(1).exec('systemctl stop cron')
    await lab.host(0).kill()
    const hanging = lab.host(1).tryExec(`${runner} --now`)
    await awaitFact('a copy that hangs', async () => {
      const { exitCode } = await lab.host(1).tryExec('pgrep -x ssh')
      return exitCode === 0
    })
    await lab.host(1).exec('systemctl start cron')
    const ground = await promoteGround(lab, pair)
    const ids = ground.plan.steps.map(({ id }) => id)
    expect(ids).not.toContain('final-pull')
    expect(ids.indexOf('stop-sync')).toBeLessThan(ids.indexOf('promote-standby'))
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect((await hanging).exitCode).not.toBe(0)
    await lab.host(1).exec('sha256sum --check --quiet -', { input: `${before}\n` })

    await lab.host(1).exec('echo written here > /srv/ledger/vault/new')
    await lab.host(0).boot()
    await lab.host(1).exec(runner)
    expect(await lastRecord()).toContain('"result":"skipped-role"')
    expect(await lab.host(1).exec('cat /srv/ledger/vault/new')).toBe('written here')
    await ground.dispose()
  })
})
