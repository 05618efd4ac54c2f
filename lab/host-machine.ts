import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { awaitFact } from '@/lab/await-fact'
import type { Base } from '@/lab/base'
import { controlGroupsOf, ensureControlGroups, removeControlGroups } from '@/lab/control-groups'
import { layoutOf } from '@/lab/layouts'
import { identifyProcess, isAlive, type ProcessIdentity } from '@/lab/process-identity'
import { LabError, run, runNow, runWithInput } from '@/lab/run-command'
import { bridgeOf, type HostRecord, networkOf, type RunRecord } from '@/lab/run-state'

/** `init` is null until it runs. */
type Processes = { readonly nspawn: ProcessIdentity; readonly init: ProcessIdentity | null }

/** What the host uses on this machine: all of it is gone after `removeHost`. */
export const directoryOf = (record: RunRecord, host: HostRecord) => join(record.directory, host.name)
export const rootOf = (record: RunRecord, host: HostRecord) => join(directoryOf(record, host), 'root')
const machineOf = (record: RunRecord, host: HostRecord) => `usl${record.tag}h${host.index}`
/** The host's end of its cable: on the bridge, named by systemd-nspawn. */
export const vethOf = (record: RunRecord, host: HostRecord) => `vb-${machineOf(record, host)}`

const isMounted = (path: string) =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[1] === path)

/** Mounts the host's root: its own writable layer over its variant and the base. Does nothing when it is mounted. */
export async function ensureMounted(record: RunRecord, host: HostRecord, base: Base): Promise<void> {
  const directory = directoryOf(record, host)
  const root = rootOf(record, host)
  if (isMounted(root)) return
  for (const part of ['root', 'upper', 'work']) mkdirSync(join(directory, part), { recursive: true })
  // redirect_dir: else a rename of a directory of the base fails with EXDEV, as on no real disk.
  const layers = `redirect_dir=on,lowerdir=${base.variant(host.index)}:${base.root},upperdir=${directory}/upper,workdir=${directory}/work`
  await run('mount', ['-t', 'overlay', 'overlay', '-o', layers, root])
}

/** The host's own name and address on its mounted root. */
export function writeIdentity(record: RunRecord, host: HostRecord): void {
  const write = (path: string, content: string) =>
    writeFileSync(join(rootOf(record, host), path), content, { mode: 0o644 })
  write('etc/hostname', `${host.name}\n`)
  write('etc/hosts', `127.0.0.1 localhost\n::1 localhost\n127.0.1.1 ${host.name}\n`)
  write(
    'etc/systemd/network/10-host0.network',
    `[Match]\nName=host0\n[Network]\nAddress=${host.address}/24\nGateway=${networkOf(record.number)}.1\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n`,
  )
}

/** Gives a freshly mounted root its name, address, keys, users' passwords and, if asked, the running application. */
export async function furnishHost(
  record: RunRecord,
  host: HostRecord,
  options: { clientKey: string; applicationRuns: boolean },
): Promise<void> {
  const root = rootOf(record, host)
  const write = (path: string, content: string, mode = 0o644) =>
    writeFileSync(join(root, path), content, { mode })
  writeIdentity(record, host)
  write('etc/machine-id', `${randomBytes(16).toString('hex')}\n`, 0o444)
  const hostKey = join(directoryOf(record, host), 'host_key')
  write('etc/ssh/ssh_host_ed25519_key', readFileSync(hostKey, 'utf8'), 0o600)
  write('etc/ssh/ssh_host_ed25519_key.pub', readFileSync(`${hostKey}.pub`, 'utf8'))
  const layout = layoutOf(host.layout)
  for (const home of Object.values(layout.logins)) {
    const { uid, gid } = statSync(join(root, home))
    mkdirSync(join(root, home, '.ssh'), { mode: 0o700, recursive: true })
    write(`${home}/.ssh/authorized_keys`, options.clientKey, 0o600)
    for (const path of ['.ssh', '.ssh/authorized_keys']) chownSync(join(root, home, path), uid, gid)
  }
  const passwords = Object.entries(host.passwords).map(([user, password]) => `${user}:${password}\n`)
  const outcome = await runWithInput('chroot', [root, 'chpasswd'], {
    input: passwords.join(''),
    timeoutMs: 10_000,
  })
  if (outcome.exitCode !== 0) throw new LabError(`chpasswd on ${host.name}: ${outcome.stderr}`)
  if (options.applicationRuns) await run('chroot', [root, 'sh', '-c', layout.enableApplication])
}

/** Goes into the control groups named before `--` and becomes the program behind it. */
const enterGroups =
  'while [ "$1" != -- ]; do echo $$ >"$1"/cgroup.procs || exit; shift; done; shift; exec "$@"'

/** Switches the host on; returns when its init runs. Does nothing when it is on. */
export async function switchOn(record: RunRecord, host: HostRecord): Promise<void> {
  if (readInit(record, host) !== null) return
  const directory = directoryOf(record, host)
  const log = openSync(join(directory, 'console.log'), 'a')
  ensureControlGroups(machineOf(record, host))
  const child = spawn(
    'sh',
    [
      ...['-c', enterGroups, 'sh', ...controlGroupsOf(machineOf(record, host)), '--', 'systemd-nspawn'],
      ...['--quiet', '--register=no', '--keep-unit', '--boot', '--capability=all', '--link-journal=no'],
      ...['--resolv-conf=off', '--timezone=off', `--network-bridge=${bridgeOf(record)}`],
      ...[`--machine=${machineOf(record, host)}`, `--directory=${rootOf(record, host)}`],
    ],
    { detached: true, stdio: ['ignore', log, log] },
  )
  closeSync(log)
  const { pid } = child
  child.on('error', () => undefined) // then pid is undefined
  child.unref()
  const nspawn = pid === undefined ? null : identifyProcess(pid)
  if (nspawn === null) throw new LabError(`systemd-nspawn did not start: see ${directory}/console.log`)
  // Both times: what is ended meanwhile must be found.
  const write = (processes: Processes) => {
    const path = join(directory, 'processes.json')
    writeFileSync(`${path}.new`, JSON.stringify(processes))
    renameSync(`${path}.new`, path)
  }
  write({ nspawn, init: null })
  const init = await awaitFact(
    `init of ${host.name} (see ${directory}/console.log)`,
    () => findInit(nspawn.pid),
    { timeoutMs: 10_000, everyMs: 10 },
  )
  write({ nspawn, init })
}

/** The child of nspawn that is process 1 of a namespace of its own and has become systemd. */
function findInit(nspawnPid: number): ProcessIdentity | null {
  const own = readlinkSync('/proc/self/ns/pid')
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
      if (parent !== String(nspawnPid) || readlinkSync(`/proc/${entry}/ns/pid`) === own) continue
      if (readFileSync(`/proc/${entry}/comm`, 'utf8').trim() === 'systemd')
        return identifyProcess(Number(entry))
    } catch {} // it ended between the looks
  }
  return null
}

function readProcesses(record: RunRecord, host: HostRecord): Processes | null {
  const path = join(directoryOf(record, host), 'processes.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Processes) : null
}

/** Process id of the host's init as this machine sees it; null while the host is off. */
export function readInit(record: RunRecord, host: HostRecord): number | null {
  const processes = readProcesses(record, host)
  return processes?.init && isAlive(processes.init) ? processes.init.pid : null
}

/**
 * Pulls the plug: the cable first, so that nothing says goodbye on the network, then SIGKILL for all. Returns when no
 * process is left; does nothing to a host that is off. Synchronous, so that it also works while this process exits.
 */
export function pullPlug(record: RunRecord, host: HostRecord): void {
  if (!existsSync(rootOf(record, host))) return
  runNow('ip', ['link', 'set', vethOf(record, host), 'down'])
  const processes = readProcesses(record, host)
  const recorded = processes ? [processes.init, processes.nspawn].filter((process) => process !== null) : []
  const alive = () => recorded.filter(isAlive)
  for (const { pid } of alive()) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {} // it ended between the look and the signal
  }
  const deadline = Date.now() + 20_000
  while (alive().length > 0 && Date.now() < deadline)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  if (alive().length > 0) throw new LabError(`${host.name} can't be killed`)
  // Connections that were open keep the host's network alive for a while; the next boot needs the cable's name.
  runNow('ip', ['link', 'del', vethOf(record, host)])
  forgetNspawn(record, host)
  removeControlGroups(machineOf(record, host))
}

/** systemd-nspawn leaves these when it is killed. */
function forgetNspawn(record: RunRecord, host: HostRecord): void {
  const { dev, ino } = statSync(rootOf(record, host))
  for (const path of [
    `/run/systemd/nspawn/locks/inode-${dev}:${ino}`,
    `/run/systemd/nspawn/propagate/${machineOf(record, host)}`,
    `/run/systemd/nspawn/unix-export/${machineOf(record, host)}`,
  ])
    rmSync(path, { recursive: true, force: true })
}

/** Takes away all that the host used on this machine but its directory. Synchronous, as `pullPlug`. */
export function removeHost(record: RunRecord, host: HostRecord): void {
  pullPlug(record, host)
  unmount(record, host)
}

/** Takes the root of a host that is off away; its disk stays. Does nothing where it is not mounted. */
export function unmount(record: RunRecord, host: HostRecord): void {
  if (!isMounted(rootOf(record, host))) return
  const outcome = runNow('umount', [rootOf(record, host)])
  if (outcome.exitCode !== 0 && isMounted(rootOf(record, host)))
    throw new LabError(`umount of ${host.name}: ${outcome.stderr.trim()}`)
}
