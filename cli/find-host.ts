import type { Host } from '@/lib/domain/host'
import { AppError } from '@/lib/errors'
import type { ServiceContext } from '@/lib/services/context'
import { listHosts } from '@/lib/services/hosts/list-hosts'

/** The registered host of that name or address. Throws NOT_FOUND with the names that there are. */
export async function findHostByName(context: ServiceContext, name: string): Promise<Host> {
  const hosts = await listHosts(context)
  const found = hosts.find((host) => host.name === name) ?? hosts.find((host) => host.address === name)
  if (found) return found
  const names = hosts.map((host) => host.name).join(', ')
  throw new AppError('NOT_FOUND', `There is no host “${name}”.`, {
    fix: names === '' ? 'Register one with “understudy hosts add”.' : `There are: ${names}.`,
  })
}
