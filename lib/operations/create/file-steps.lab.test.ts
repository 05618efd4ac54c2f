import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { stepProgress } from '@/lib/domain/step-progress'
import { AppError } from '@/lib/errors'
import { breaksAt } from '@/test/harness/alter-step'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { differences, type Manifest, plantOddities, readManifest } from '@/test/harness/host-manifest'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

describe('a standby with its directories', () => {
  let lab: Lab
  let pair: LabPair
  beforeAll(async () => {
    // The application runs on the standby too: it is stopped, and started by an undo.
    lab = await startLab({ writing: [0, 1] })
    for (const host of lab.hosts) await plantOddities(host)
    pair = await openLabPair(lab)
    pair.pairs.current = { ...pair.pairs.current, scope: { database: true, files: true } }
  })
  afterAll(async () => {
    await pair.close()
    await lab.down()
  })

  /** A file that takes a while on a slow link. */
  const growVault = () =>
    lab
      .host(0)
      .exec(
        'mkdir -p /srv/ledger/vault/large && head -c 60000000 /dev/urandom > /srv/ledger/vault/large/file && chown -R ledger: /srv/ledger/vault/large',
      )
  const copying = ({ operations }: EngineTrial<null>) =>
    awaitFact(
      'the large file on its way',
      () =>
        operations.recorded.some(
          ({ event }) =>
            event.type === 'step.progressed' &&
            event.stepId === 'first-copy' &&
            event.progress.doneBytes > 5_000_000,
        ),
      { timeoutMs: 200_000 },
    )
  let before: readonly Manifest[] = []
  /** What is not as it was. */
  const changed = async () => {
    const now = await Promise.all(lab.hosts.map(readManifest))
    return before.flatMap((manifest, index) => differences(manifest, now[index] ?? new Map()))
  }

  test('whatever an operation might leave on a host is found', async () => {
    before = await Promise.all(lab.hosts.map(readManifest))
    const host = lab.host(1)
    await host.exec(`set -e
mkdir /var/lib/understudy && chmod o+w /srv/ledger/etc/ledger.conf && touch /srv/ledger/VERSION
echo '* * * * * true' | crontab -u operator -
cp /etc/systemd/system/ledger.service /etc/systemd/system/left.service
setpriv --reuid=postgres --regid=postgres --clear-groups sleep 600 >/dev/null 2>&1 &
tar -cf - --format=posix --pax-option=SCHILY.xattr.user.left:=yes /home/operator/.ssh 2>/dev/null | tar -xf - -C / --xattrs --xattrs-include='*'`)
    await host.sql('create role left_over; alter role ledger set work_mem = 1024')
    const found = (await changed()).join('\n')
    for (const what of [
      'node of /var/lib/understudy: ',
      'node of /srv/ledger/etc/ledger.conf: f 644',
      'time of /srv/ledger/VERSION: ',
      'crontab of operator: ',
      'node of /etc/systemd/system/left.service: ',
      'unit file left.service: ',
      'process postgres                         sleep 600: ',
      'attributes of /home/operator/.ssh/authorized_keys: ',
      'server: role left_over: ',
      'server: setting of role ',
    ])
      expect(found).toContain(what)
    await host.sql('drop role left_over; alter role ledger reset work_mem')
    await host.exec(
      'rm -r /var/lib/understudy /etc/systemd/system/left.service; pkill -x sleep; crontab -u operator -r; chmod o-w /srv/ledger/etc/ledger.conf',
    )
    before = await Promise.all(lab.hosts.map(readManifest))
  })

  test.each(['base-backup', 'mark-paired'])(
    'undone after %s, every file, mode, owner, attribute, crontab, unit and setting of both hosts is what it was',
    async (id) => {
      const ground = await createGround(lab, pair)
      const trial = new EngineTrial(ground)
      trial.expect(await trial.life(breaksAt(ground.steps, id)), 'failed')
      await trial.undoOrResume()
      expect(await changed()).toEqual([])
      await ground.dispose()
    },
  )

  test('cancelled during the first copy, nothing of it runs on, and undo leaves everything as it was', async () => {
    await growVault()
    // Of files alone, so that no database has to pass the slow link first.
    await pair.pairs.update('', { scope: { database: false, files: true } })
    before = await Promise.all(lab.hosts.map(readManifest))
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    const controller = new AbortController()
    const slow = await lab.host(0).slowLink(20_000)
    const life = trial.life(ground.steps, controller)
    await copying(trial)
    const lines = stepProgress('first-copy', trial.operations.recorded)
    expect(lines.map(({ label }) => label)).toEqual(expect.arrayContaining(['Vault', 'All directories']))
    expect(lines.find(({ label }) => label === 'Vault')?.text).toMatch(
      / MB of 6\d(\.\d)? MB \(\d+ %\), .+\/s, .+ left$/,
    )
    const askedAt = performance.now()
    controller.abort(new AppError('CANCELLED', 'It was cancelled.'))
    trial.expect(await life, 'cancelled')
    expect(performance.now() - askedAt).toBeLessThan(10_000)
    const running = 'pgrep -f "[u]nderstudy-s(ync|end)|[r]sync --server|[f]irst-copy-"'
    expect((await lab.host(1).tryExec(running)).stdout).toBe('')
    await slow()
    await awaitFact(
      'an end of the primary’s side',
      async () => (await lab.host(0).tryExec(running)).stdout === '',
    )
    await trial.undoOrResume()
    expect(await changed()).toEqual([])
    await ground.dispose()
    await pair.pairs.update('', { scope: { database: true, files: true } })
  })

  test('is told what is wrong when the cable is cut during the first copy, and ends well when resumed, its application stopped for good', async () => {
    const applicationOf = (index: number) =>
      lab.host(index).exec('systemctl is-active ledger; systemctl is-enabled ledger; true')
    const works = 'active\nenabled'
    expect([await applicationOf(0), await applicationOf(1)]).toEqual([works, works])
    await growVault()
    const ground = await createGround(lab, pair)
    const trial = new EngineTrial(ground)
    const slow = await lab.host(0).slowLink(20_000)
    const life = trial.life()
    await copying(trial)
    const heal = await lab.host(0).dropPort(22, lab.host(1).address)
    trial.expect(await life, 'failed')
    await heal()
    await slow()
    const failure = trial.operations.recorded.find(({ event }) => event.type === 'step.failed')?.event
    expect(failure).toMatchObject({
      stepId: 'first-copy',
      error: { message: expect.stringContaining('Vault (/srv/ledger/vault) could not be copied') },
    })
    await trial.ask('resume')
    trial.expect(await trial.life(), 'succeeded')
    await ground.verifyDone()
    expect(await lab.host(1).exec('cat /var/log/ledger/rsync_etc.log')).toContain('etc: ok')
    expect([await applicationOf(0), await applicationOf(1)]).toEqual([works, 'inactive\ndisabled'])
    await ground.dispose()
  })
})
