import { asRoot, type Command, sh } from '@/lib/commands/command'

export const stopUnit = (unit: string): Command => asRoot(sh`systemctl stop -- ${unit}`)
export const startUnit = (unit: string): Command => asRoot(sh`systemctl start -- ${unit}`)
export const restartUnit = (unit: string): Command => asRoot(sh`systemctl restart -- ${unit}`)
/** Returns as soon as systemd has taken it up (systemctl(1), --no-block). */
export const beginRestartUnit = (unit: string): Command => asRoot(sh`systemctl restart --no-block -- ${unit}`)
/** Not started at boot any more; what runs goes on. */
export const disableUnit = (unit: string): Command => asRoot(sh`systemctl disable -- ${unit}`)
export const enableUnit = (unit: string): Command => asRoot(sh`systemctl enable -- ${unit}`)

/** Sends SIGTERM to every process of the unit, also to those that its stop has left behind (systemctl(1), kill). */
export const killUnit = (unit: string): Command => asRoot(sh`systemctl kill -- ${unit}`)
/**
 * The unit's control group; an empty line once none of its processes lives. A unit whose program ends itself by a script of its own, as those
 * of /etc/init.d do, is inactive for systemd as soon as that script has ended, whatever goes on running.
 */
export const readControlGroup = (unit: string): Command =>
  sh`systemctl show -p ControlGroup --value -- ${unit}`

/** Three lines: LoadState, ActiveState (systemd's words), and the answer of is-enabled. */
export const readUnit = (unit: string): Command =>
  sh`systemctl show -p LoadState --value -- ${unit}; systemctl show -p ActiveState --value -- ${unit}; systemctl is-enabled -- ${unit} 2>/dev/null || true`

export type UnitState = {
  readonly loadState: string
  readonly activeState: string
  readonly enabledState: string
}

/** Parses `readUnit`. */
export function parseUnit(text: string): UnitState {
  const [loadState = '', activeState = '', enabledState = ''] = text.split('\n').map((line) => line.trim())
  return { loadState, activeState, enabledState }
}

export const isRunning = (unit: UnitState): boolean =>
  ['active', 'activating', 'reloading', 'deactivating'].includes(unit.activeState)

/**
 * Sets `$u` to the unit whose main process `$p` is; empty where it is none's, as of a server that somebody started from cron's or sshd's control
 * group. A unit of type forking knows its main process only once its start has ended (systemd.service(5), PIDFile=): until then
 * what runs in its control group is what it is starting.
 */
export const unitOfProcess: Command = sh`u=$(sed -n 's,^.*/\\([^/]*\\.service\\)$,\\1,p' "/proc/$p/cgroup" 2>/dev/null | head -n 1)
if [ -n "$u" ]; then
  a=$(systemctl show -p ActiveState --value -- "$u") && m=$(systemctl show -p MainPID --value -- "$u") || exit 1
  case $m/$a in "$p"/*|0/activating) ;; *) u= ;; esac
fi`
