import { hostRightsInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import { removeRights } from '@/lib/operations/rights/read-rights'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { rightsGround } from '@/lib/services/hosts/rights-ground'
import { requireRole } from '@/lib/services/require-role'

/** Takes away what `installHostRights` put on the host for a pair. Throws HOST_SUDO_REFUSED where the login may not do that, HOST_*. */
export async function removeHostRights(context: ServiceContext, given: unknown): Promise<void> {
  await requireRole(context, 'administrator', 'host.remove-rights')
  const input = parseInput(hostRightsInput, given)
  const { name } = await findHost(context.store, input.hostId)
  await act(context, { action: 'host.remove-rights', subject: name }, async (commit) => {
    const { host, door, pair } = await rightsGround(context, input)
    await removeRights(door, { slug: pair.slug, user: host.user })
    return commit(async () => undefined, `for ${pair.slug}`)
  })
}
