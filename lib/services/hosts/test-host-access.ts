import { accessTestInput } from '@/lib/domain/inputs'
import { parseInput } from '@/lib/domain/parse-input'
import type { AccessTestView } from '@/lib/domain/views'
import { act } from '@/lib/services/act'
import type { ServiceContext } from '@/lib/services/context'
import { probeAccess } from '@/lib/services/hosts/probe-access'
import { requireRole } from '@/lib/services/require-role'

/** Signs in on a machine with a confirmed fingerprint and tells what was found. Nothing is kept. Throws HOST_*. */
export async function testHostAccess(context: ServiceContext, input: unknown): Promise<AccessTestView> {
  await requireRole(context, 'administrator', 'host.test')
  const parsed = parseInput(accessTestInput, input)
  const subject = `${parsed.user}@${parsed.address}:${parsed.port}`
  return act(context, { action: 'host.test', subject }, async (commit) => {
    const { tested } = await probeAccess(context.access, parsed)
    const { fingerprint, hostname, privilege, operatingSystem } = tested
    return commit(async () => ({ fingerprint, hostname, privilege, operatingSystem }))
  })
}
