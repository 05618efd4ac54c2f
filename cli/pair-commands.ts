import { fenceCommand } from '@/cli/commands/fence'
import { promoteCommand } from '@/cli/commands/promote'
import { unpairCommand } from '@/cli/commands/unpair'
import type { PairCommand } from '@/cli/pair-command'
import type { PairOperationKind } from '@/lib/domain/pair-operations'

/** Every operation on a pair as the command line asks for it. A kind without an entry does not compile. */
export const pairCommands: Readonly<Record<PairOperationKind, PairCommand>> = {
  promote: promoteCommand,
  fence: fenceCommand,
  unpair: unpairCommand,
}
