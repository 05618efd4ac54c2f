import { afterKeyChange } from '@/lib/domain/host-access'
import { confirmHostKeyInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { ChangedAccessView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { findPairOf } from '@/lib/services/hosts/pair-of-host'
import { requireRole } from '@/lib/services/require-role'

/**
 * Pins the key that a host shows now in place of the one that was pinned. Both must be the ones that the operator saw
 * (CONFLICT): a key that changed again in between is not accepted unseen. With what still knows the old one.
 */
export async function confirmHostKey(context: ServiceContext, input: unknown): Promise<ChangedAccessView> {
  await requireRole(context, 'administrator', 'host.confirm-key')
  const { hostId, oldFingerprint, newFingerprint } = parseInput(confirmHostKeyInput, input)
  const host = await findHost(context.store, hostId)
  return act(context, { action: 'host.confirm-key', subject: host.name }, async (commit) => {
    const seen = await context.access.readHostKey(host.address, host.port)
    if (seen.fingerprint !== newFingerprint)
      throw changed(`${host.name} now shows ${seen.fingerprint}, not the key that you confirmed.`)
    const kept = await commit(async ({ hosts, pairs }) => {
      const current = await findHost({ hosts }, hostId)
      if (current.hostKeyFingerprint !== oldFingerprint)
        throw changed(`Another key was pinned for ${host.name} in the meantime.`)
      await hosts.setHostKey(hostId, seen.hostKey, seen.fingerprint)
      const pinned = await findHost({ hosts }, hostId)
      return { host: pinned, notes: afterKeyChange(pinned, await findPairOf({ pairs }, pinned)) }
    }, `${oldFingerprint} replaced by ${newFingerprint}`)
    context.doors.drop(hostId)
    return kept
  })
}

const changed = (message: string) =>
  new AppError('CONFLICT', message, { fix: 'Look at both keys again before you confirm.' })
