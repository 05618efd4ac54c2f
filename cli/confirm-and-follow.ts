import { confirmOrStop } from '@/cli/ask'
import { followOperation } from '@/cli/operation/follow-operation'
import { writeNote } from '@/cli/output'
import type { OperationId } from '@/lib/domain/operation'
import type { ServiceContext } from '@/lib/services/context'

/** Asks, starts the operation, says its id, and follows it to its end unless `--detach` was given. */
export async function confirmAndFollow(
  context: ServiceContext,
  question: string,
  flags: { readonly yes?: boolean; readonly detach?: boolean },
  start: () => Promise<{ readonly operationId: OperationId }>,
): Promise<void> {
  await confirmOrStop(question, { yes: flags.yes === true })
  const { operationId } = await start()
  writeNote(`Operation ${operationId}`)
  if (!flags.detach) process.exitCode = await followOperation(context, operationId)
}
