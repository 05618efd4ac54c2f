import type { Host } from '@/lib/domain/host'
import { registerHostInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { probeAccess, toHostSecret } from '@/lib/services/hosts/probe-access'
import { requireRole } from '@/lib/services/require-role'

/**
 * Keeps a machine as a host, after signing in on it once more. Throws INVALID_INPUT, HOST_*, and CONFLICT where its name,
 * its address or the machine itself is registered already.
 */
export async function registerHost(context: ServiceContext, input: unknown): Promise<Host> {
  await requireRole(context, 'administrator', 'host.register')
  const parsed = parseInput(registerHostInput, input)
  const { name, address, port, user, auth } = parsed
  return act(context, { action: 'host.register', subject: name }, async (commit) => {
    const { key, tested } = await probeAccess(context.access, parsed, name)
    const host = {
      name,
      address,
      port,
      user,
      authKind: auth.kind,
      hostKeyFingerprint: key.fingerprint,
      hostKey: key.hostKey,
      privilege: tested.privilege,
      machineId: tested.machineId,
      home: tested.home,
      secret: toHostSecret(auth),
    }
    return commit(({ hosts }) => hosts.insert(host), `${user}@${address}:${port} ${key.fingerprint}`)
  })
}
