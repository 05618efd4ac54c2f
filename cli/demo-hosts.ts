import { demos, labNameOf, openDemoLab, switchOff } from '@/cli/demo-lab'
import { describeHosts } from '@/cli/demo-text'
import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { LayoutName } from '@/lab/layouts'
import { LabError, LabStopped } from '@/lab/run-command'
import type { Host } from '@/lib/domain/host'
import type { Pair } from '@/lib/domain/pair'
import { AppError, hasCode } from '@/lib/errors'
import type { Environment } from '@/lib/runtime/environment'
import { createVerbsGround } from '@/lib/runtime/verbs-ground'
import { createWiring } from '@/lib/runtime/wiring'
import type { ServiceContext } from '@/lib/services/context'
import { registerHost } from '@/lib/services/hosts/register-host'
import { removeHost } from '@/lib/services/hosts/remove-host'

type Options = {
  readonly layout: LayoutName
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * Boots the demo's hosts (makes them at first), registers them with the dashboard, and returns how to switch them off:
 * their disks stay for the next start. Throws AppError with one line. After that, and when `signal` is aborted meanwhile, none is on,
 * and what was begun is taken away.
 */
export async function bringUpHosts(environment: Environment, options: Options): Promise<() => Promise<void>> {
  const { layout, say, signal } = options
  const { user, profileId } = demos[layout]
  const labName = labNameOf(environment.dataDirectory)
  let lab: Lab
  try {
    lab = await openDemoLab({ labName, layout, say, signal })
  } catch (error) {
    if (error instanceof LabStopped) return async () => undefined
    throw asAppError(error)
  }
  if (signal.aborted) {
    await switchOff(lab)
    return async () => undefined
  }
  try {
    const { hosts, pairs } = await registerHosts(environment, lab, user)
    say(`${describeHosts(hosts, pairs)} Profile: ${profileId}.`)
  } catch (error) {
    await switchOff(lab)
    throw error
  }
  return () => switchOff(lab)
}

function asAppError(error: unknown): unknown {
  if (!(error instanceof LabError)) return error
  return new AppError('PRECONDITION_FAILED', `The demo’s hosts cannot be brought up: ${error.message}.`, {
    fix: 'Mend that, or run npm start and register your own hosts.',
    cause: error,
  })
}

async function registerHosts(
  environment: Environment,
  lab: Lab,
  user: string,
): Promise<{ readonly hosts: readonly Host[]; readonly pairs: readonly Pair[] }> {
  const wiring = await createWiring(environment, 'command line')
  const context: ServiceContext = {
    ...createVerbsGround(wiring),
    actor: { kind: 'cli', name: 'demo', role: 'administrator' },
    origin: 'command line',
  }
  try {
    const registered = await wiring.store.hosts.list()
    const hosts: Host[] = []
    for (const host of lab.hosts) hosts.push(await ensureRegistered(context, { host, user }, registered))
    return { hosts, pairs: await wiring.store.pairs.list() }
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
): Promise<Host> {
  const known = registered.find(({ name }) => name === host.name)
  if (known?.hostKey === host.hostKey) return known
  if (known) await removeHost(context, { hostId: known.id })
  return registerHost(context, {
    name: host.name,
    address: host.address,
    port: host.port,
    user,
    fingerprint: host.hostKeyFingerprint,
    auth: { kind: 'key', privateKey: host.privateKey, passphrase: null },
  })
}
