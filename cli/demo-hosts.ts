import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Lab, openLab, startLab, takeDown } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { LayoutName } from '@/lab/layouts'
import { LabError } from '@/lab/run-command'
import type { Host } from '@/lib/domain/host'
import { AppError, hasCode } from '@/lib/errors'
import type { Environment } from '@/lib/runtime/environment'
import { createVerbsGround } from '@/lib/runtime/verbs-ground'
import { createWiring } from '@/lib/runtime/wiring'
import type { ServiceContext } from '@/lib/services/context'
import { registerHost } from '@/lib/services/hosts/register-host'
import { removeHost } from '@/lib/services/hosts/remove-host'

/** Every data directory has hosts of its own, so that two demos don't switch off each other's. */
const labNameOf = ({ dataDirectory }: Environment): string =>
  `demo-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 8)}`

/** Names of the hosts, who signs in on them, and the profile that fits what is there. */
const demos = {
  debian: { hostNames: ['demo-1', 'demo-2'], user: 'root', profileId: 'generic-debian' },
  'soar-unprivileged': {
    hostNames: ['soar-1', 'soar-2'],
    user: 'phantom',
    profileId: 'splunk-soar-unprivileged',
  },
} as const satisfies Readonly<Record<LayoutName, unknown>>

const hostsOfDemo = 2
const powerOffMs = 2_500

type Options = {
  readonly layout: LayoutName
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * Boots the demo's hosts (makes them at first), registers them with the dashboard, and returns how to switch them off:
 * their disks stay for the next start. Throws AppError with one line; then what was begun is taken away.
 */
export async function bringUpHosts(environment: Environment, options: Options): Promise<() => Promise<void>> {
  const { layout, say, signal } = options
  const labName = labNameOf(environment)
  const lab = await Promise.race([openOrMakeLab(labName, layout, say), refusalOf(signal)]).catch(
    (error: unknown) => {
      throw asAppError(error)
    },
  )
  if (lab === null) {
    takeAwayUnfinished(labName)
    return async () => undefined
  }
  await registerHosts(environment, lab, demos[layout].user)
  const [primary, standby] = lab.hosts
  say(
    `Two real hosts are up: ${primary?.name} at ${primary?.address}, where the application writes, and ${standby?.name} at ${standby?.address}. Profile: ${demos[layout].profileId}.`,
  )
  return () => switchOff(lab)
}

async function openOrMakeLab(labName: string, layout: LayoutName, say: (line: string) => void): Promise<Lab> {
  const { hostNames } = demos[layout]
  takeAwayUnfinished(labName)
  const existing = openLab(labName)
  if (!existing) {
    say('Making two real hosts …')
    return startLab({ name: labName, hosts: hostNames.length, hostNames, layout, kept: true, say })
  }
  const { layoutName } = existing.host(0)
  if (layoutName !== layout)
    throw new LabError(`this data directory’s hosts have the layout ${layoutName}: take another --data-dir`)
  say('Booting the two hosts of the last start …')
  await existing.boot()
  return existing
}

/** A creation that was broken off left a lab without all its hosts. */
function takeAwayUnfinished(labName: string): void {
  const existing = openLab(labName)
  if (existing && existing.hosts.length < hostsOfDemo) takeDown(labName)
}

/** Null when the operator asks to stop. */
const refusalOf = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })

function asAppError(error: unknown): unknown {
  if (!(error instanceof LabError)) return error
  return new AppError('PRECONDITION_FAILED', `The demo’s hosts cannot be brought up: ${error.message}`, {
    fix: 'Mend that, or run npm start and register your own hosts.',
    cause: error,
  })
}

/** In order; what is not off in time has its plug pulled: a crash that its PostgreSQL recovers from. */
async function switchOff(lab: Lab): Promise<void> {
  await Promise.race([lab.powerOff(), pause(powerOffMs, undefined, { ref: false })])
  await Promise.all(lab.hosts.filter((host) => host.isOn()).map((host) => host.kill()))
}

async function registerHosts(environment: Environment, lab: Lab, user: string): Promise<void> {
  const wiring = await createWiring(environment, 'command line')
  const context: ServiceContext = {
    ...createVerbsGround(wiring),
    actor: { kind: 'cli', name: 'demo', role: 'administrator' },
    origin: 'command line',
  }
  try {
    const registered = await wiring.store.hosts.list()
    for (const host of lab.hosts) await ensureRegistered(context, { host, user }, registered)
  } catch (error) {
    if (!hasCode(error, 'CONFLICT')) throw error
    throw new AppError(
      'PRECONDITION_FAILED',
      'The demo’s hosts were made anew, and its store still has a pair of the old ones.',
      { fix: `Begin anew: remove ${environment.dataDirectory}.`, cause: error },
    )
  } finally {
    await wiring.close()
  }
}

/** Its key is known from its disk, so nobody has to compare it. A host of a lab that was taken down is replaced. */
async function ensureRegistered(
  context: ServiceContext,
  { host, user }: { host: LabHost; user: string },
  registered: readonly Host[],
): Promise<void> {
  const known = registered.find(({ name }) => name === host.name)
  if (known?.hostKey === host.hostKey) return
  if (known) await removeHost(context, { hostId: known.id })
  await registerHost(context, {
    name: host.name,
    address: host.address,
    port: host.port,
    user,
    fingerprint: host.hostKeyFingerprint,
    auth: { kind: 'key', privateKey: host.privateKey, passphrase: null },
  })
}
