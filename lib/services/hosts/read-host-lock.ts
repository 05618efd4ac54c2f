import { z } from 'zod'
import { breakLockWords, holderSentence, lifeSentence } from '@/lib/domain/host-lock'
import { parseInput } from '@/lib/domain/parse-input'
import type { HostLockView } from '@/lib/domain/views'
import { readHostLock as readLockOn, standingOf, wayOut } from '@/lib/operations/host-locks'
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
    return {
      isHeld: false,
      lock: null,
      ageSeconds: null,
      sentence: `No operation holds ${host.name}.`,
      fix: '',
      words: '',
    }
  const { lock, ageSeconds } = found
  const standing = await standingOf(lock, context.store)
  return {
    isHeld: true,
    lock,
    ageSeconds,
    sentence: `${holderSentence(host.name, lock)} ${lifeSentence(ageSeconds)}`,
    fix:
      standing === 'left'
        ? 'It has ended: the worker lets the host go as soon as it sees it.'
        : wayOut(host.name, standing),
    words: breakLockWords(host.name),
  }
}
