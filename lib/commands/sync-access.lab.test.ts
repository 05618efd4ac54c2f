import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import {
  addAuthorization,
  authorizedLine,
  findAuthorization,
  makeAccessDirectory,
  proveAccess,
  readKey,
  removeAccessDirectory,
  removeAuthorization,
} from '@/lib/commands/sync-access'
import { findMarks, markSources, removeMarks } from '@/lib/commands/sync-sources'
import { bringTargetBack, findTargetAside, putTargetAside } from '@/lib/commands/sync-targets'
import { rootPlaces } from '@/test/harness/places'
import { runOn, setUpSync, syncBetween, tryOn } from '@/test/harness/sync-hosts'

const vault = '/srv/ledger/vault'

let lab: Lab
let primary: LabHost
let standby: LabHost
const sync = () => syncBetween(primary, standby)
const trial = rootPlaces('trial')
const ofTrial = () => ({ places: { primary: trial, standby: trial }, standbyAddress: standby.address })

beforeAll(async () => {
  lab = await startLab({ writing: [] })
  primary = lab.host(0)
  standby = lab.host(1)
  await setUpSync(sync(), primary, standby)
})
afterAll(async () => {
  await lab.down()
})

describe('the standby’s key', () => {
  const sshWith = (command: string, options = '') =>
    standby.tryExec(
      `ssh -i /var/lib/understudy/ledger/sync_key -o BatchMode=yes -o LogLevel=ERROR -o UserKnownHostsFile=/etc/understudy/ledger/known_hosts ${options} root@${primary.address} '${command}' </dev/null`,
    )

  test.each([
    ['true'],
    ['cat /etc/shadow'],
    ['rsync --server --sender -logDtpre.iLsfxCIvu . /etc/'],
    ['rsync --server --sender -logDtpre.iLsfxCIvu . ../../etc'],
    ['rsync --server --sender -logDtpre.iLsfxCIvu . vault etc'],
    ['rsync --server -logDtpre.iLsfxCIvu . vault/'],
    ['rsync --server --sender --remove-source-files . vault/'],
    ['rsync --server --sender -slogDtpre.iLsfxCIvu . vault/'],
    ['rsync --server --sender -logDtpre.iLsfxCIvu; touch /root/owned . vault/'],
    ['rsync --server --sender -logDtpre.iLsfxCIvu . $(touch /root/owned)'],
    ['scp -f /etc/shadow'],
    ['internal-sftp'],
    ['/usr/lib/openssh/sftp-server'],
    ['rsync --daemon'],
    ['rsync --server --daemon .'],
    ['rsync --server --sender -logDtpre.iLsfxCIvu . vault/..'],
    ['rsync --server --sender -logDtpre.iLsfxCIvu . vault/../../../etc/'],
    ['rsync --server --sender -Re.LsfxCIvu --files-from /etc/passwd . vault/'],
    ['rsync --server --sender -Lre.iLsfxCIvu . vault/'],
    ['rsync --server --sender -lkre.iLsfxCIvu . vault/'],
    ['rsync --server --sender --log-file=/root/owned . vault/'],
    ['rsync --server --sender -logDtpre.iLsfxCIvu . --log-file=/root/owned'],
  ])('can’t %s', async (command) => {
    const outcome = await sshWith(command)
    expect(outcome.exitCode).not.toBe(0)
    expect(outcome.stderr).toMatch(/^understudy-send: (not-allowed|not-listed): /)
    expect(outcome.stdout).toBe('')
    expect((await primary.tryExec('test -e /root/owned')).exitCode).toBe(1)
  })

  test('can’t take files away with the copy', async () => {
    await primary.exec(`echo stays > ${vault}/stays`)
    await standby.tryExec(
      `cd /tmp && rsync -a --remove-source-files -e 'ssh -i /var/lib/understudy/ledger/sync_key -o UserKnownHostsFile=/etc/understudy/ledger/known_hosts' root@${primary.address}:vault/ /tmp/stolen/`,
    )
    expect(await primary.exec(`cat ${vault}/stays`)).toBe('stays')
  })

  test('opens no tunnel and no other address may use it', async () => {
    expect((await sshWith('true', '-W 127.0.0.1:5432')).exitCode).not.toBe(0)
    const key = await standby.exec('cat /var/lib/understudy/ledger/sync_key')
    await primary.exec('cat > /root/stolen && chmod 600 /root/stolen', { input: `${key}\n` })
    const stolen = await primary.tryExec(
      `ssh -i /root/stolen -o BatchMode=yes -o StrictHostKeyChecking=no root@${primary.address} true`,
    )
    expect(stolen.exitCode).toBe(255)
  })

  test('is proved to be let in and limited', async () => {
    const outcome = await tryOn(standby, proveAccess(sync()))
    expect(outcome).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^understudy-send: not-allowed/),
    })
    const undo = await primary.dropPort(22, standby.address)
    expect((await tryOn(standby, proveAccess(sync()))).exitCode).toBe(255)
    await undo()
  })
})

describe('authorized_keys', () => {
  const file = '/home/plain/.ssh/authorized_keys'
  const look = () => primary.exec(`stat -c '%U:%G %a %Y' ${file} && sha256sum ${file}`)
  const add = async (line: string) => {
    await runOn(primary, makeAccessDirectory(trial, 'plain'))
    await primary.exec(addAuthorization(trial, 'plain', line).text, { user: 'plain' })
  }
  const remove = async () => {
    await primary.exec(removeAuthorization(trial, 'plain').text, { user: 'plain' })
    await runOn(primary, removeAccessDirectory(trial))
  }

  test.each([
    ['with a last line that has no end', `printf 'ssh-rsa AAAA one' > ${file}`],
    ['with comments and options', `printf '# mine\\n\\nno-pty ssh-rsa AAAA "one"\\n' > ${file}`],
  ])('is brought back byte for byte: %s', async (_, prepare) => {
    await primary.exec(
      `${prepare} && chown plain:plain ${file} && chmod 640 ${file} && touch -d 2020-01-01 ${file}`,
    )
    const before = await look()
    const line = authorizedLine(ofTrial(), await runOn(standby, readKey(rootPlaces('ledger'))))
    await add(line)
    await add(line)
    expect(await primary.exec(`grep -c understudy-send ${file}`)).toBe('1')
    expect(await look()).toMatch(/^plain:plain 640/)
    await remove()
    await remove()
    expect(await look()).toBe(before)
  })

  test('is gone again where there was none, its directory too', async () => {
    await primary.exec('rm -r /home/plain/.ssh')
    const line = authorizedLine(ofTrial(), 'ssh-ed25519 AAAA x')
    await add(line)
    expect((await tryOn(primary, findAuthorization('plain', line))).exitCode).toBe(0)
    expect(await primary.exec('stat -c "%U %a" /home/plain/.ssh /home/plain/.ssh/authorized_keys')).toBe(
      'plain 700\nplain 600',
    )
    await remove()
    expect((await primary.tryExec('test -e /home/plain/.ssh')).exitCode).toBe(1)
  })

  test('keeps what somebody else has added meanwhile', async () => {
    await primary.exec(
      `install -d -o plain -g plain -m 700 /home/plain/.ssh && echo 'ssh-rsa AAAA one' > ${file}`,
    )
    const line = authorizedLine(ofTrial(), 'ssh-ed25519 AAAA x')
    await add(line)
    await primary.exec(`echo 'ssh-rsa AAAA two' >> ${file}`)
    await remove()
    expect(await primary.exec(`cat ${file}`)).toBe('ssh-rsa AAAA one\nssh-rsa AAAA two')
  })
})

describe('marks of the source', () => {
  test('are made once, found, and taken away by the operation that made them only', async () => {
    const directory = {
      ...sync(),
      ...ofTrial(),
      directories: [{ ...sync().directories[0], path: '/srv/trial', id: 'one' }],
    } as ReturnType<typeof sync>
    expect((await tryOn(primary, markSources(directory, 'aaaa'))).exitCode).toBe(44)
    await primary.exec('mkdir /srv/trial')
    await runOn(primary, markSources(directory, 'aaaa'))
    await runOn(primary, markSources(directory, 'bbbb'))
    expect(await primary.exec('cat /srv/trial/.understudy-source')).toBe('aaaa-one')
    expect((await tryOn(primary, findMarks(directory))).exitCode).toBe(0)
    await runOn(primary, removeMarks(directory, 'bbbb'))
    expect(await primary.exec('ls -A /srv/trial')).toBe('.understudy-source')
    expect((await tryOn(primary, findMarks(directory))).exitCode).not.toBe(0)
    await runOn(primary, removeMarks(directory, 'aaaa'))
    expect(await primary.exec('ls -A /srv/trial')).toBe('')
  })
})

describe('a target', () => {
  const target = { id: 'trial', path: '/srv/trial', staysInPlace: false }
  const mark = '0123abcd'

  test('is put aside and brought back, each also twice', async () => {
    await standby.exec('mkdir /srv/trial && echo old > /srv/trial/file && chmod 750 /srv/trial')
    for (let round = 0; round < 2; round++)
      await runOn(standby, putTargetAside(rootPlaces('ledger'), target, mark))
    expect((await tryOn(standby, findTargetAside(rootPlaces('ledger'), target, mark))).exitCode).toBe(0)
    await standby.exec('mkdir /srv/trial && echo new > /srv/trial/file')
    for (let round = 0; round < 2; round++)
      await runOn(standby, bringTargetBack(rootPlaces('ledger'), target, mark))
    expect(await standby.exec('cat /srv/trial/file; stat -c %a /srv/trial; ls -d /srv/trial*')).toBe(
      'old\n750\n/srv/trial',
    )
  })

  test('that was not there is not there again', async () => {
    await standby.exec('rm -r /srv/trial')
    await runOn(standby, putTargetAside(rootPlaces('ledger'), target, mark))
    await standby.exec('mkdir /srv/trial')
    await runOn(standby, bringTargetBack(rootPlaces('ledger'), target, mark))
    expect((await standby.tryExec('ls -d /srv/trial*')).stdout).toBe('')
  })

  test('that is a mount point is refused', async () => {
    await standby.exec('mkdir /srv/trial && mount -t tmpfs tmpfs /srv/trial')
    expect((await tryOn(standby, putTargetAside(rootPlaces('ledger'), target, mark))).exitCode).toBe(18)
    await standby.exec('umount /srv/trial && rmdir /srv/trial')
  })
})
