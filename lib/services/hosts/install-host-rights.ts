import { hostRightsInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import { AppError } from '@/lib/errors'
import { installRights, neededRights, readRightsFacts } from '@/lib/operations/rights/read-rights'
import { rightsState } from '@/lib/operations/rights/rights-state'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { findHost } from '@/lib/services/find-or-throw'
import { rightsGround } from '@/lib/services/hosts/rights-ground'
import { requireRole } from '@/lib/services/require-role'

/**
 * Installs what `readHostRights` shows, by the script that it shows. The login must be able to do that now. Throws
 * HOST_SUDO_REFUSED where it is not, PRECONDITION_FAILED for root, HOST_*.
 */
export async function installHostRights(context: ServiceContext, given: unknown): Promise<void> {
  await requireRole(context, 'administrator', 'host.install-rights')
  const input = parseInput(hostRightsInput, given)
  const { name } = await findHost(context.store, input.hostId)
  await act(context, { action: 'host.install-rights', subject: name }, async (commit) => {
    const ground = await rightsGround(context, input)
    const { host, door, pair } = ground
    if (door.privilege === 'root')
      throw new AppError(
        'PRECONDITION_FAILED',
        `${host.user} is root on ${host.name}: nothing has to be permitted.`,
      )
    const needed = await neededRights(ground)
    await installRights(door, needed)
    if (rightsState(await readRightsFacts(door, pair.slug), needed) !== 'exact')
      throw new AppError(
        'HOST_SUDO_REFUSED',
        `The rights are on ${host.name}, but sudo does not act by them.`,
        {
          fix: 'See that /etc/sudoers there includes /etc/sudoers.d, and that no later rule takes them away.',
        },
      )
    return commit(async () => undefined, `for ${pair.slug}`)
  })
}
