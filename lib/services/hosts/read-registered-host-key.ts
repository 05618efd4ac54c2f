import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import type { HostKeyView } from '@/lib/domain/views'
import { look } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const registeredHostInput = z.object({ hostId: z.string().min(1) })

/** The key that a registered host shows now, beside the pinned one. Throws NOT_FOUND and HOST_*. */
export async function readRegisteredHostKey(context: ServiceContext, input: unknown): Promise<HostKeyView> {
  await requireRole(context, 'administrator', 'host.read-key')
  const { hostId } = parseInput(registeredHostInput, input)
  const host = await findHost(context.store, hostId)
  const read = async () => {
    const seen = await context.access.readHostKey(host.address, host.port)
    return { fingerprint: seen.fingerprint, pinnedFingerprint: host.hostKeyFingerprint }
  }
  const deed = { action: 'host.read-key', subject: host.name }
  return look(context, deed, read, ({ fingerprint }) => fingerprint)
}
