import { z } from 'zod'
import { breakLockWords, heldFix, holderSentence } from '@/lib/domain/host-lock'
import { parseInput } from '@/lib/domain/parse-input'
import type { HostLockView } from '@/lib/domain/views'
import { isLeftBehind, readHostLock as readLockOn } from '@/lib/operations/host-locks'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const readHostLockInput = z.object({ hostId: z.string().min(1) })

/** Which operation holds a host, as the host itself says. Throws HOST_*. */
export async function readHostLock(context: ServiceContext, input: unknown): Promise<HostLockView> {
  await requireRole(context, 'viewer', 'host.read-lock')
  const { hostId } = parseInput(readHostLockInput, input)
  const host = await findHost(context.store, hostId)
  const found = await readLockOn(context.doors.door(host), host)
  if (!found.isHeld)
    return { isHeld: false, lock: null, sentence: `No operation holds ${host.name}.`, fix: '', words: '' }
  const isLeft = await isLeftBehind(found.lock, context.store)
  return {
    isHeld: true,
    lock: found.lock,
    sentence: holderSentence(host.name, found.lock),
    fix: isLeft
      ? 'It has ended: the next operation of this dashboard takes its lock over.'
      : heldFix(host.name),
    words: breakLockWords(host.name),
  }
}
