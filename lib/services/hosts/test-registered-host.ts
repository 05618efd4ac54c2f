import { z } from 'zod'
import { parseInput } from '@/lib/domain/parse-input'
import type { AccessTestView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const registeredHostInput = z.object({ hostId: z.string().min(1) })

/** Signs in on a registered host with its own secret and pinned key, and tells what was found. Throws HOST_*. */
export async function testRegisteredHost(context: ServiceContext, input: unknown): Promise<AccessTestView> {
  await requireRole(context, 'administrator', 'host.test')
  const { hostId } = parseInput(registeredHostInput, input)
  const host = await findHost(context.store, hostId)
  const { hostKey } = host
  if (hostKey === null)
    throw new AppError('HOST_KEY_UNCONFIRMED', `The host key of ${host.name} was not confirmed yet.`, {
      fix: 'Compare its fingerprint and confirm it.',
    })
  return act(context, { action: 'host.test', subject: host.name }, async (commit) => {
    const secret = await context.store.hosts.secret(hostId)
    const tested = await context.access.testAccess({ ...host, hostKey, secret })
    const { fingerprint, hostname, privilege, operatingSystem } = tested
    return commit(async () => ({ fingerprint, hostname, privilege, operatingSystem }))
  })
}
