import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { authorizedLine, readKey } from '@/lib/commands/sync-access'
import { pullNow } from '@/lib/commands/sync-runs'
import { rootPlaces } from '@/test/harness/places'
import { runOn, setRole, setUpSync, syncBetween, tryOn } from '@/test/harness/sync-hosts'

/**
 * What the standby's key can't do on the primary. Each attempt is first made with a key that may do everything: there it succeeds, so
 * that what keeps it from succeeding with the pair's is the limit and nothing else.
 */
const vault = '/srv/ledger/vault'
const letIn = '/root/.ssh/authorized_keys'

let lab: Lab
let primary: LabHost
let standby: LabHost
const sync = () => syncBetween(primary, standby)
const at = rootPlaces('ledger')

const keys = { free: '/root/free_key', pair: '/var/lib/understudy/ledger/sync_key' } as const
const optionsOf = (key: string) =>
  `-F /dev/null -i ${key} -o BatchMode=yes -o IdentitiesOnly=yes -o LogLevel=ERROR -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`

beforeAll(async () => {
  lab = await startLab({ writing: [], hosts: 3 })
  primary = lab.host(0)
  standby = lab.host(1)
  await setRole(standby, 'standby')
  await setUpSync(sync(), primary, standby)
  const free = await standby.exec(`ssh-keygen -q -t ed25519 -N '' -f ${keys.free} && cat ${keys.free}.pub`)
  await primary.exec(`cat >> ${letIn}`, { input: `${free}\n` })
  await primary.exec(
    `echo stays > ${vault}/stays; ln -s /etc/hostname ${vault}/file-outside; ln -s /etc ${vault}/folder-outside
     echo etc/hostname > /root/list; printf '[all]\\npath=/\\nuse chroot=no\\n' > /etc/rsyncd.conf; cp -a ${vault} /root/vault-kept`,
  )
})
afterAll(async () => {
  await lab.down()
})
/** Both hosts as they were before an attempt. */
async function clear(): Promise<void> {
  await standby.tryExec(`pkill -f '[s]sh -f -N'`)
  await standby.exec('rm -rf /root/got /root/socket; mkdir /root/got /root/socket; echo mine > /root/mine')
  await primary.exec(`rm -rf /root/owned ${vault}/owned; cp -a /root/vault-kept/. ${vault}/`)
}
beforeEach(async () => {
  await clear()
  await primary.exec('rm -f /root/.ssh/rc')
})

type Attempt = {
  /** Shell text on the standby, by words that sign in, the primary and where the vault is said to be. */
  readonly how: (given: { ssh: string; host: string; source: string }) => string
  /** Shell text with exit code 0 where it has succeeded, and where that is seen. */
  readonly seen: string
  readonly on: 'primary' | 'standby'
}
const onStandby = (seen: string) => ({ seen, on: 'standby' }) as const
const onPrimary = (seen: string) => ({ seen, on: 'primary' }) as const

const reading: Readonly<Record<string, Attempt>> = {
  'by a shell': {
    how: ({ ssh, host }) => `ssh ${ssh} root@${host} 'cat /etc/hostname' > /root/got/hostname`,
    ...onStandby('[ -s /root/got/hostname ]'),
  },
  'by sftp': {
    how: ({ ssh, host }) => `echo 'get /etc/hostname /root/got/hostname' | sftp -b - ${ssh} root@${host}`,
    ...onStandby('[ -s /root/got/hostname ]'),
  },
  'by scp': {
    how: ({ ssh, host }) => `scp ${ssh} root@${host}:/etc/hostname /root/got/`,
    ...onStandby('[ -s /root/got/hostname ]'),
  },
  'by the old scp': {
    how: ({ ssh, host }) => `scp -O ${ssh} root@${host}:/etc/hostname /root/got/`,
    ...onStandby('[ -s /root/got/hostname ]'),
  },
  'by a path': {
    how: ({ ssh, host }) => `rsync -a -e 'ssh ${ssh}' root@${host}:/etc/hostname /root/got/`,
    ...onStandby('[ -s /root/got/hostname ]'),
  },
  'by a path that goes up from a listed directory': {
    how: ({ ssh, host, source }) =>
      `rsync -a -e 'ssh ${ssh}' root@${host}:${source}/../../../etc/hostname /root/got/`,
    ...onStandby('[ -s /root/got/hostname ]'),
  },
  'by a second path beside a listed directory': {
    how: ({ ssh, host, source }) =>
      `rsync -a -e 'ssh ${ssh}' root@${host}:${source}/stays :/etc/hostname /root/got/`,
    ...onStandby('[ -s /root/got/hostname ]'),
  },
  'by a list of names on the primary': {
    how: ({ ssh, host }) => `rsync -e 'ssh ${ssh}' --files-from=:/root/list root@${host}:/ /root/got/`,
    ...onStandby('[ -s /root/got/etc/hostname ]'),
  },
  'by rsync as a daemon': {
    how: ({ ssh, host }) => `rsync -e 'ssh ${ssh}' root@${host}::all/etc/hostname /root/got/`,
    ...onStandby('[ -s /root/got/hostname ]'),
  },
  'by a link in a listed directory that is followed': {
    how: ({ ssh, host, source }) => `rsync -rL -e 'ssh ${ssh}' root@${host}:${source}/ /root/got/`,
    ...onStandby('[ -f /root/got/file-outside ] && [ ! -L /root/got/file-outside ]'),
  },
  'by a link to a directory that is followed': {
    how: ({ ssh, host, source }) => `rsync -rlk -e 'ssh ${ssh}' root@${host}:${source}/ /root/got/`,
    ...onStandby('[ -d /root/got/folder-outside ] && [ ! -L /root/got/folder-outside ]'),
  },
  'by links that are followed where they lead out': {
    how: ({ ssh, host, source }) =>
      `rsync -rl --copy-unsafe-links -e 'ssh ${ssh}' root@${host}:${source}/ /root/got/`,
    ...onStandby('[ -f /root/got/file-outside ] && [ ! -L /root/got/file-outside ]'),
  },
}

const writing: Readonly<Record<string, Attempt>> = {
  'by a shell': {
    how: ({ ssh, host }) => `ssh ${ssh} root@${host} 'touch /root/owned'`,
    ...onPrimary('[ -e /root/owned ]'),
  },
  'by sftp': {
    how: ({ ssh, host }) => `echo 'put /root/mine /root/owned' | sftp -b - ${ssh} root@${host}`,
    ...onPrimary('[ -e /root/owned ]'),
  },
  'by rsync the other way': {
    how: ({ ssh, host }) => `rsync -a -e 'ssh ${ssh}' /root/mine root@${host}:/root/owned`,
    ...onPrimary('[ -e /root/owned ]'),
  },
  'by rsync into a listed directory': {
    how: ({ ssh, host, source }) => `rsync -a -e 'ssh ${ssh}' /root/mine root@${host}:${source}/owned`,
    ...onPrimary(`[ -e ${vault}/owned ]`),
  },
  'by taking away what was sent': {
    how: ({ ssh, host, source }) =>
      `rsync -r --remove-source-files -e 'ssh ${ssh}' root@${host}:${source}/ /root/got/`,
    ...onPrimary(`[ ! -e ${vault}/stays ]`),
  },
  'by a log': {
    how: ({ ssh, host, source }) =>
      `rsync -r -M--log-file=/root/owned -e 'ssh ${ssh}' root@${host}:${source}/ /root/got/`,
    ...onPrimary('[ -e /root/owned ]'),
  },
  'by what runs when one signs in': {
    how: ({ ssh, host, source }) => `rsync -r -e 'ssh ${ssh}' root@${host}:${source}/ /root/got/`,
    ...onPrimary('[ -e /root/owned ]'),
  },
}

const forwarding: Readonly<Record<string, Attempt>> = {
  'a port of the primary': {
    how: ({ ssh, host }) =>
      `printf 'x\\r\\n' | timeout 20 ssh ${ssh} -W 127.0.0.1:22 root@${host} | head -c 4 > /root/got/greeting`,
    ...onStandby('grep -q SSH- /root/got/greeting'),
  },
  'PostgreSQL of the primary': {
    how: ({ ssh, host }) => `ssh -f -N ${ssh} -L 127.0.0.1:15432:127.0.0.1:5432 root@${host}`,
    ...onStandby('pg_isready -q -t 5 -h 127.0.0.1 -p 15432'),
  },
  'its socket': {
    how: ({ ssh, host }) =>
      `ssh -f -N ${ssh} -L /root/socket/.s.PGSQL.5432:/var/run/postgresql/.s.PGSQL.5432 root@${host}`,
    ...onStandby('pg_isready -q -t 5 -h /root/socket'),
  },
  'a port of the standby, to the primary': {
    how: ({ ssh, host }) => `ssh -f -N ${ssh} -o ExitOnForwardFailure=yes -R 15432:127.0.0.1:22 root@${host}`,
    ...onPrimary(`bash -c 'exec 3<>/dev/tcp/127.0.0.1/15432 && head -c 4 <&3 | grep -q SSH-'`),
  },
}

/** Makes the attempt and says whether it has succeeded. */
async function succeeds(attempt: Attempt, key: string, source: string): Promise<boolean> {
  await standby.tryExec(attempt.how({ ssh: optionsOf(key), host: primary.address, source }), {
    timeoutMs: 60_000,
  })
  const host = attempt.on === 'primary' ? primary : standby
  return (await host.tryExec(attempt.seen)).exitCode === 0
}

async function expectRefused(attempt: Attempt, prepare: () => Promise<unknown>): Promise<void> {
  await prepare()
  expect(await succeeds(attempt, keys.free, vault), 'by a key that may do everything').toBe(true)
  for (const source of ['vault', vault]) {
    await clear()
    await prepare()
    expect(await succeeds(attempt, keys.pair, source), `by the pair’s key, ${source}`).toBe(false)
  }
  expect(await primary.exec(`cat ${vault}/stays`)).toBe('stays')
}

const nothing = async () => undefined

describe('the standby’s key', () => {
  test.each(Object.entries(reading))('reads nothing else %s', (_, attempt) => expectRefused(attempt, nothing))

  test.each(Object.entries(writing))('writes nothing and takes nothing away %s', (name, attempt) =>
    expectRefused(attempt, () =>
      name === 'by what runs when one signs in'
        ? primary.exec('echo "touch /root/owned" > /root/.ssh/rc')
        : nothing(),
    ),
  )

  test.each(Object.entries(forwarding))('forwards nothing: %s', (_, attempt) =>
    expectRefused(attempt, nothing),
  )

  test('still reads what it is for', async () => {
    await standby.exec(`mkdir -p ${vault} && touch ${vault}/.understudy-source`)
    expect(await tryOn(standby, pullNow(at, 'vault'))).toMatchObject({ exitCode: 0 })
    expect(await standby.exec(`cat ${vault}/stays; readlink ${vault}/folder-outside`)).toBe('stays\n/etc')
  })
})

test.each(['id', 'sudo -n id', 'rsync --server --sender -logDtpre.iLsfxCIvu . /etc/'])(
  'of a login with sudo the key is held to the same: no “%s”',
  async (command) => {
    const ofOperator = syncBetween(primary, standby, {
      slug: 'second',
      primary: { ...sync().primary, user: 'operator' },
    })
    await setUpSync(ofOperator, primary, standby)
    const key = '/var/lib/understudy/second/sync_key'
    const outcome = await standby.tryExec(
      `ssh ${optionsOf(key)} operator@${primary.address} '${command}' </dev/null`,
    )
    expect(outcome).toMatchObject({ exitCode: 1, stdout: '' })
    expect(outcome.stderr).toMatch(/^understudy-send: (not-allowed|not-listed): /)
  },
)

test('the line that lets the key in gives it no terminal, no agent and no display, whatever it asks for', async () => {
  await primary.exec(`cat > /root/tell && chmod 755 /root/tell && cp -p ${letIn} /root/kept`, {
    input: '#!/bin/sh\necho "$(tty) agent=$SSH_AUTH_SOCK display=$DISPLAY"\n',
  })
  const line = authorizedLine(sync(), await runOn(standby, readKey(at)))
  const ask = async (told: string) => {
    await primary.exec(`cat /root/kept - | grep -v understudy-send > ${letIn}`, { input: `${told}\n` })
    const words = `ssh ${optionsOf(keys.pair)} -A -X -tt root@${primary.address} x </dev/null`
    const outcome = await standby.tryExec(`DISPLAY=:0 ssh-agent sh -c 'ssh-add -q ${keys.free}; ${words}'`)
    return outcome.stdout.trim()
  }
  const told = line.replace(/command="[^"]*"/, 'command="/root/tell"')
  expect(await ask(told.replace('restrict,', ''))).toMatch(/^\/dev\/pts\/\d+ agent=\/tmp\//)
  expect(await ask(told)).toBe('not a tty agent= display=')
  await primary.exec(`cat /root/kept > ${letIn}`)
})

test('the line lets the key in from the standby alone: any other host that has it is refused, the primary itself too', async () => {
  const [pairKey, freeKey] = [await standby.exec(`cat ${keys.pair}`), await standby.exec(`cat ${keys.free}`)]
  for (const host of [lab.host(2), primary]) {
    await host.exec('umask 077; cat > /root/stolen', { input: `${pairKey}\n` })
    await host.exec('umask 077; cat > /root/free', { input: `${freeKey}\n` })
    const code = async (key: string) =>
      (await host.tryExec(`ssh ${optionsOf(key)} root@${primary.address} true </dev/null`)).exitCode
    expect(await code('/root/free')).toBe(0)
    expect(await code('/root/stolen')).toBe(255)
    await host.exec('rm /root/stolen /root/free')
  }
})
