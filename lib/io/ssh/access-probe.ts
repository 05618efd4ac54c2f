import ssh2 from 'ssh2'
import { sh } from '@/lib/commands/command'
import { fingerprintOf } from '@/lib/commands/key-fingerprint'
import { rootProgram, rootRefusedCode } from '@/lib/commands/remote-shell'
import type { Privilege } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import { type Access, label } from '@/lib/io/ssh/access'
import { type Phase, toDoorError } from '@/lib/io/ssh/classify-failure'
import { Connection } from '@/lib/io/ssh/connection'
import { hostKeyAlgorithms, parseHostKeyLine, toHostKeyLine } from '@/lib/io/ssh/host-key'
import { runCommand } from '@/lib/io/ssh/run'
import type { AccessProbe, AccessTested, AccessToTest, HostKeySeen } from '@/lib/ports/host-door'

/** A person waits for these: longer than a watcher's connect, shorter than patience. */
const probeTimeoutMs = 5000

/** Connects as far as the host's key and hangs up: the key exchange comes before any credential (RFC 4253, 7). */
export function readHostKey(address: string, port: number): Promise<HostKeySeen> {
  const target = { name: address, address, port, user: '', authKind: 'key' as const }
  const client = new ssh2.Client()
  return new Promise((resolve, reject) => {
    let phase: Phase = 'resolving'
    const fail = (error: unknown) => {
      client.destroy()
      reject(toDoorError(target, phase, error))
    }
    client
      .on('connect', () => {
        phase = 'handshake'
      })
      .on('error', fail)
      .on('close', () => fail(new Error('closed before it showed a key')))
    client.connect({
      host: address,
      port,
      username: 'understudy',
      authHandler: [],
      algorithms: { serverHostKey: hostKeyAlgorithms(null) },
      readyTimeout: probeTimeoutMs,
      hostVerifier: (key: Buffer) => {
        resolve({ hostKey: toHostKeyLine(key), fingerprint: fingerprintOf(key) })
        return false
      },
    })
  })
}

/**
 * One line each: uid, whether sudo works (`yes` or `no`, by exit codes alone), host name, machine-id, operating system, home
 * directory. Where `understudy-root` is installed sudo has to permit that one; what it permits in turn a preflight looks at.
 */
const whoAmI = sh`id -u
if [ -x ${rootProgram} ]; then sudo -n -- ${rootProgram} understudy-probe true; else sudo -n true; fi >/dev/null 2>&1
case $? in 0) echo yes ;; ${rootRefusedCode}) [ -x ${rootProgram} ] && echo yes || echo no ;; *) echo no ;; esac
uname -n
cat /etc/machine-id 2>/dev/null || echo
. /etc/os-release 2>/dev/null; echo "$PRETTY_NAME"
cd && pwd`

/** Signs in once, reads who we are there, and hangs up. */
export async function testAccess(access: AccessToTest, agentSocket: string | null): Promise<AccessTested> {
  const full: Access = { ...access, agentSocket }
  const connection = await Connection.open(full, probeTimeoutMs)
  try {
    const host = { label: label(full), login: { user: access.user, privilege: 'unprivileged' as const } }
    const answer = await runCommand(connection, host, whoAmI, { timeoutMs: probeTimeoutMs })
    return toTested(full, answer.stdout.toString())
  } finally {
    connection.end()
  }
}

function toTested(access: Access, text: string): AccessTested {
  const [uid = '', sudo = '', hostname = '', machineId = '', operatingSystem = '', home = ''] =
    text.split('\n')
  const key = access.hostKey === null ? null : parseHostKeyLine(access.hostKey)
  if (key === null || !/^\d+$/.test(uid) || hostname === '')
    throw new AppError('HOST_COMMAND_FAILED', `${label(access)} does not answer as a Linux machine does.`, {
      fix: 'Check the user’s login shell on the host.',
      detail: text.slice(0, 500),
    })
  if (!/^[0-9a-f]{32}$/.test(machineId))
    throw new AppError('HOST_COMMAND_FAILED', `${label(access)} has no machine-id.`, {
      fix: 'Run “systemd-machine-id-setup” on the host: Understudy recognises machines by it.',
    })
  if (!home.startsWith('/'))
    throw new AppError(
      'HOST_COMMAND_FAILED',
      `The user ${access.user} has no home directory on ${label(access)}.`,
      {
        fix: 'Make it there: jobs, and without privileges all files of Understudy, lie below it.',
      },
    )
  const privilege: Privilege = uid === '0' ? 'root' : sudo === 'yes' ? 'sudo' : 'unprivileged'
  // It stands in crontab(5), in authorized_keys and in rsync's command of ssh, each of which reads other characters in its own way.
  if (privilege === 'unprivileged' && !/^\/[\w./@+-]*$/.test(home))
    throw new AppError(
      'HOST_COMMAND_FAILED',
      `The home directory of ${access.user} on ${label(access)} is ${home}.`,
      {
        fix: 'Sign in as a user whose home has only letters, digits and . _ - @ + in its path: our files lie below it.',
      },
    )
  return { fingerprint: fingerprintOf(key), hostname, privilege, operatingSystem, machineId, home }
}

/** The port's shape, for the process that holds the SSH agent's socket (or none). */
export const createAccessProbe = (agentSocket: string | null): AccessProbe => ({
  readHostKey,
  testAccess: (access) => testAccess(access, agentSocket),
})
