import type { Host } from '@/lib/domain/host'
import type { Role } from '@/lib/domain/pair'
import {
  parsePostgresAnswers,
  parseSourceAddress,
  parseSshKeysSeen,
  postgresAnswers,
  routeTo,
  sshKeysSeen,
} from '@/lib/facts/link-survey'
import { answerOf, type HostFacts, type LinkFacts } from '@/lib/operations/preflight/host-facts'
import type { HostDoor } from '@/lib/ports/host-door'

const timeoutMs = 15_000

/** Nothing was asked of either host. */
export const noLinkFacts: LinkFacts = {
  postgres: 'not-asked',
  ssh: 'not-asked',
  sshBack: 'not-asked',
  source: null,
}

/** Whether the other host's SSH answers this one, and with the key that is pinned. */
async function readSsh(door: HostDoor, from: HostFacts, to: Host): Promise<LinkFacts['ssh']> {
  if (!answerOf(from.machine)?.hasSshKeyscan) return 'not-asked'
  const { stdout } = await door.run(sshKeysSeen(to.address, to.port, to.hostKey), { timeoutMs })
  return parseSshKeysSeen(stdout, to.hostKey)
}

/** What each host sees of the other, asked at once. Throws HOST_* only when a host is lost meanwhile. */
export async function readLinkFacts(given: {
  doors: Readonly<Record<Role, HostDoor>>
  found: Readonly<Record<Role, HostFacts>>
  hosts: Readonly<Record<Role, Host>>
  primaryPort: number
}): Promise<LinkFacts> {
  const { doors, found, hosts, primaryPort } = given
  const data = answerOf(found.standby.data)
  if (!found.standby.machine.seen || !found.primary.machine.seen) return noLinkFacts
  const { address } = hosts.primary
  const readPostgres = async (binDirectory: string) => {
    const question = postgresAnswers(binDirectory, address, primaryPort)
    return parsePostgresAnswers((await doors.standby.run(question, { timeoutMs })).exitCode)
  }
  const [postgres, ssh, sshBack, route] = await Promise.all([
    data ? readPostgres(data.binDirectory) : ('not-asked' as const),
    readSsh(doors.standby, found.standby, hosts.primary),
    readSsh(doors.primary, found.primary, hosts.standby),
    doors.standby.run(routeTo(address), { timeoutMs }),
  ])
  return { postgres, ssh, sshBack, source: parseSourceAddress(route.stdout) }
}
