import type { Host } from '@/lib/domain/host'
import { parsePostgresAnswers, parseSshKeysSeen, postgresAnswers, sshKeysSeen } from '@/lib/facts/link-survey'
import { answerOf, type HostFacts, type LinkFacts } from '@/lib/operations/preflight/host-facts'
import type { HostDoor } from '@/lib/ports/host-door'

const timeoutMs = 15_000

/** What the standby sees of the primary. Throws HOST_* only when the standby itself is lost meanwhile. */
export async function readLinkFacts(given: {
  standbyDoor: HostDoor
  standby: HostFacts
  primary: Host
  primaryPort: number
}): Promise<LinkFacts> {
  const { standbyDoor, standby, primary, primaryPort } = given
  const machine = answerOf(standby.machine)
  const data = answerOf(standby.data)
  if (!machine) return { postgres: 'not-asked', ssh: 'not-asked' }
  const postgres = data
    ? parsePostgresAnswers(
        (
          await standbyDoor.run(postgresAnswers(data.binDirectory, primary.address, primaryPort), {
            timeoutMs,
          })
        ).exitCode,
      )
    : 'not-asked'
  if (!machine.hasSshKeyscan) return { postgres, ssh: 'not-asked' }
  const { stdout } = await standbyDoor.run(sshKeysSeen(primary.address, primary.port), { timeoutMs })
  return { postgres, ssh: parseSshKeysSeen(stdout, primary.hostKey) }
}
