import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const removeHostInput = z.object({ hostId: z.string().min(1) })

/** Forgets a host and its secret; nothing is changed on the machine. Throws CONFLICT while a pair uses it. */
export async function removeHost(context: ServiceContext, input: unknown): Promise<void> {
  await requireRole(context, 'administrator', 'host.remove')
  const { hostId } = parseInput(removeHostInput, input)
  const host = await findHost(context.store, hostId)
  await act(context, { action: 'host.remove', subject: host.name }, (commit) =>
    commit(({ hosts }) => hosts.remove(hostId)),
  )
  context.doors.drop(hostId)
}
