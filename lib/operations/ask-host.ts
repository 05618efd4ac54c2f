import type { Command } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import { AppError } from '@/lib/errors'
import type { HostDoor } from '@/lib/ports/host-door'

const askMs = 15_000

/**
 * What a short question that only reads prints. It is asked on the kept shell: somebody waits for most steps, and a process for each
 * question would cost more than its answer. Throws AppError HOST_*; HOST_COMMAND_FAILED on an exit code other than 0.
 */
export async function askHost(door: Pick<HostDoor, 'ask' | 'hostName'>, question: Command): Promise<string> {
  const { exitCode, stdout, stderr } = await door.ask(question, { timeoutMs: askMs })
  if (exitCode === 0) return stdout
  throw new AppError('HOST_COMMAND_FAILED', `A question on ${door.hostName} failed.`, {
    fix: 'See in the detail what it said, then resume.',
    detail: `exit code ${exitCode}: ${lastSaid(stderr)}`,
  })
}
