import { buildInstallScript, buildRemoveScript, compareRights } from '@/lib/commands/root-rights'
import { hostRightsInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { HostRightsView } from '@/lib/domain/views'
import { neededRights, readInstalledRights, readRightsFacts } from '@/lib/operations/rights/read-rights'
import { rightsState, rightsSubject, rightsWords } from '@/lib/operations/rights/rights-state'
import type { ServiceContext } from '@/lib/services/context'
import { rightsGround } from '@/lib/services/hosts/rights-ground'
import { requireRole } from '@/lib/services/require-role'

/**
 * What a host's login needs as root for a pair, as text that an administrator of the host can read and run, and how what it has
 * stands to that. Only reads; what a pair that is not made yet would need is the affair of who may make it. Throws HOST_*, POSTGRES_DOWN, INVALID_INPUT.
 */
export async function readHostRights(context: ServiceContext, given: unknown): Promise<HostRightsView> {
  await requireRole(context, 'viewer', 'host.read-rights')
  const input = parseInput(hostRightsInput, given)
  if ('create' in input) await requireRole(context, 'administrator', 'host.read-rights')
  const ground = await rightsGround(context, input)
  const { host, door, pair } = ground
  const { slug } = pair
  if (door.privilege === 'root') {
    const sentence = `${host.user} is root on ${host.name}: nothing has to be permitted.`
    const none = { sudoers: '', installScript: '', removeScript: '', difference: '' }
    return { slug, state: 'not-needed', sentence, fix: '', ...none }
  }
  const [needed, facts, installed] = await Promise.all([
    neededRights(ground),
    readRightsFacts(door, slug),
    readInstalledRights(door, slug),
  ])
  const state = rightsState(facts, needed)
  return {
    slug,
    state,
    ...rightsWords(state, rightsSubject(ground)),
    sudoers: needed.sudoers,
    installScript: buildInstallScript(needed),
    removeScript: buildRemoveScript(needed),
    difference: installed === '' ? '' : compareRights(installed, needed.rights),
  }
}
