import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Lab, openLab, startLab, takeDown } from '@/lab/lab'
import type { LayoutName } from '@/lab/layouts'
import { LabError } from '@/lab/run-command'

/** Names of the hosts, who signs in on them, and the profile that fits what is there. */
export const demos = {
  debian: { hostNames: ['demo-1', 'demo-2'], user: 'root', profileId: 'generic-debian' },
  'soar-unprivileged': {
    hostNames: ['soar-1', 'soar-2'],
    user: 'phantom',
    profileId: 'splunk-soar-unprivileged',
  },
} as const satisfies Readonly<Record<LayoutName, unknown>>

const powerOffMs = 2_500

/** Every data directory has hosts of its own, so that two demos don't switch off each other's. */
export const labNameOf = (dataDirectory: string): string =>
  `demo-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 8)}`

type Options = {
  readonly labName: string
  readonly layout: LayoutName
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * The demo's hosts, switched on; made at first. Throws LabError, and LabStopped when `signal` is aborted: then hosts that were
 * being made are gone, and those of an earlier start are off. However this process ends, short of being killed, no host is left on.
 */
export async function openDemoLab({ labName, layout, say, signal }: Options): Promise<Lab> {
  takeAwayUnfinished(labName)
  process.once('exit', () => {
    takeAwayUnfinished(labName)
    openLab(labName)?.pullPlugs()
  })
  const existing = openLab(labName)
  if (!existing) {
    say('Making two real hosts …')
    const { hostNames } = demos[layout]
    return startLab({ name: labName, hosts: hostNames.length, hostNames, layout, kept: true, say, signal })
  }
  const { layoutName } = existing.host(0)
  if (layoutName !== layout)
    throw new LabError(`this data directory’s hosts have the layout ${layoutName}: take another --data-dir`)
  say('Booting the two hosts of the last start …')
  try {
    await existing.boot({ signal })
  } catch (error) {
    await switchOff(existing)
    throw error
  }
  return existing
}

/** What a creation that was broken off has left: its hosts can't be booted. */
function takeAwayUnfinished(labName: string): void {
  if (openLab(labName)?.isFinished === false) takeDown(labName)
}

/** In order; what is not off in time has its plug pulled: a crash that its PostgreSQL recovers from. */
export async function switchOff(lab: Lab): Promise<void> {
  await Promise.race([lab.powerOff(), pause(powerOffMs, undefined, { ref: false })])
  lab.pullPlugs()
}
