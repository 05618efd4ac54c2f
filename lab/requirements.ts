import { statfsSync } from 'node:fs'
import { LabError, runNow } from '@/lab/run-command'

/** Program → the Debian package that brings it. */
const tools = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  'ssh-keygen': 'openssh-client',
  ip: 'iproute2',
  nsenter: 'util-linux',
  flock: 'util-linux',
  'mkfs.xfs': 'xfsprogs',
} as const

const missingPackages = () => [
  ...new Set(
    Object.entries(tools)
      .filter(([program]) => runNow('sh', ['-c', `command -v ${program}`]).exitCode !== 0)
      .map(([, name]) => name),
  ),
]

export type LabAbility = { readonly ok: true } | { readonly ok: false; readonly why: string }

/** Whether real hosts can be booted on this machine, or why not, in one line. */
export function canRunLab(): LabAbility {
  if (process.platform !== 'linux')
    return { ok: false, why: `the lab needs Linux, this is ${process.platform}` }
  if (process.getuid?.() !== 0) return { ok: false, why: 'the lab boots real hosts and needs root' }
  if (runNow('unshare', ['--mount', 'true']).exitCode !== 0)
    return {
      ok: false,
      why: 'the lab mounts file systems, which this root may not: a container must be privileged',
    }
  const missing = missingPackages()
  if (missing.length > 0 && runNow('sh', ['-c', 'command -v apt-get']).exitCode !== 0)
    return { ok: false, why: `the lab needs ${missing.join(', ')}, and there is no apt-get to install them` }
  return { ok: true }
}

/** Installs what is missing with apt-get and says so. Throws LabError with one line where the lab can't run. */
export function ensureTools(say: (line: string) => void): void {
  const ability = canRunLab()
  if (!ability.ok) throw new LabError(ability.why)
  const missing = missingPackages()
  if (missing.length === 0) return
  say(`installing ${missing.join(', ')} with apt-get`)
  const apt =
    'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends "$@"'
  // Several processes may find that something is missing, and apt-get waits for no other one's lists.
  const outcome = runNow('flock', ['/run/lock/understudy-lab-tools', 'sh', '-c', apt, 'sh', ...missing])
  if (outcome.exitCode !== 0 || missingPackages().length > 0)
    throw new LabError(
      `apt-get could not install ${missing.join(', ')}: ${outcome.stderr.trim().split('\n').at(-1)}`,
    )
}

/** Throws LabError when the file system of `path` has less than `bytes` free. */
export function verifyFreeSpace(path: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(path)
  const freeMb = Math.floor((bavail * bsize) / 1e6)
  if (bavail * bsize < bytes)
    throw new LabError(`the disk is full: ${path} has ${freeMb} MB free, the lab needs ${bytes / 1e6} MB`)
}
