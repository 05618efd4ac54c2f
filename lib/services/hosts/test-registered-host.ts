import { z } from 'zod'
import { pointToAccess } from '@/lib/domain/host-access'
import { parseInput } from '@/lib/domain/parse-input'
import type { AccessTestView } from '@/lib/domain/views'
import { AppError } from '@/lib/errors'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { requireRole } from '@/lib/services/require-role'

const registeredHostInput = z.object({ hostId: z.string().min(1) })

/**
 * Signs in on a registered host with its own secret and pinned key, and tells what was found. What the login may do there now is
 * kept, unless a pair rests on what it could do before. Throws HOST_*.
 */
export async function testRegisteredHost(context: ServiceContext, input: unknown): Promise<AccessTestView> {
  await requireRole(context, 'administrator', 'host.test')
  const { hostId } = parseInput(registeredHostInput, input)
  const host = await findHost(context.store, hostId)
  return act(context, { action: 'host.test', subject: host.name }, async (commit) => {
    const { hostKey } = host
    if (hostKey === null)
      throw new AppError('HOST_KEY_UNCONFIRMED', `The host key of ${host.name} was not confirmed yet.`, {
        fix: 'Compare its fingerprint and confirm it.',
      })
    const secret = await context.store.hosts.secret(hostId)
    const tested = await context.access.testAccess({ ...host, hostKey, secret }).catch((error: unknown) => {
      throw error instanceof AppError ? pointToAccess(error, host.name) : error
    })
    const { fingerprint, hostname, privilege, operatingSystem } = tested
    const isPaired = (await context.store.pairs.list()).some(
      (pair) => pair.isPaired && (pair.hosts.primary === hostId || pair.hosts.standby === hostId),
    )
    const view = { fingerprint, hostname, privilege, operatingSystem }
    if (privilege === host.privilege || isPaired) return commit(async () => view)
    return commit(
      async ({ hosts }) => {
        await hosts.setPrivilege(hostId, privilege)
        return view
      },
      `${host.privilege ?? 'unknown'} before, ${privilege} now`,
    )
  })
}
