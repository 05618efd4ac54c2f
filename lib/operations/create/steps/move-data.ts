import type { Command } from '@/lib/commands/command'
import { lastSaid } from '@/lib/commands/last-said'
import { moveExitCodes } from '@/lib/commands/move-directory'
import { AppError } from '@/lib/errors'
import type { AnyOperationContext } from '@/lib/operations/context'

/** Throws PRECONDITION_FAILED where a name is taken or the place is on another file system: nothing was moved over anything. */
export async function moveData(
  { doors, hosts }: Pick<AnyOperationContext, 'doors' | 'hosts'>,
  command: Command,
): Promise<void> {
  const { exitCode, stderr } = await doors.standby.run(command, { timeoutMs: 300_000 })
  if (exitCode === 0) return
  const why =
    exitCode === moveExitCodes.taken
      ? 'the new name is taken'
      : exitCode === moveExitCodes.otherFileSystem
        ? 'it would be moved to another file system'
        : `exit code ${exitCode}`
  throw new AppError('PRECONDITION_FAILED', `Data on ${hosts.standby.name} could not be moved: ${why}.`, {
    fix: 'See what stands in the places that the plan shows; then resume, or undo.',
    detail: lastSaid(stderr),
  })
}
