import { hostKeyInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { HostKeyView } from '@/lib/domain/views'
import { look } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { requireRole } from '@/lib/services/require-role'

/**
 * First look at a machine: its host key, before anything is sent to it. Throws INVALID_INPUT (a name instead of an
 * address too) and HOST_*.
 */
export async function readHostKey(context: ServiceContext, input: unknown): Promise<HostKeyView> {
  await requireRole(context, 'administrator', 'host.read-key')
  const { address, port } = parseInput(hostKeyInput, input)
  const read = async () => {
    const seen = await context.access.readHostKey(address, port)
    const known = (await context.store.hosts.list()).find(
      (host) => host.address === address && host.port === port,
    )
    return { fingerprint: seen.fingerprint, pinnedFingerprint: known?.hostKeyFingerprint ?? null }
  }
  const deed = { action: 'host.read-key', subject: `${address}:${port}` }
  return look(context, deed, read, ({ fingerprint }) => fingerprint)
}
