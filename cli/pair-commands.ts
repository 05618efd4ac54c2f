import { adoptCommand } from '@/cli/commands/adopt'
import { changeSettingsCommand } from '@/cli/commands/change-settings'
import { drillCommand } from '@/cli/commands/drill'
import { fenceCommand } from '@/cli/commands/fence'
import { pauseCommand } from '@/cli/commands/pause'
import { promoteCommand } from '@/cli/commands/promote'
import { rePairCommand } from '@/cli/commands/re-pair'
import { repairFilesCommand } from '@/cli/commands/repair-files'
import { resumeCommand } from '@/cli/commands/resume'
import { switchoverCommand } from '@/cli/commands/switchover'
import { syncCommand } from '@/cli/commands/sync'
import { unpairCommand } from '@/cli/commands/unpair'
import type { PairCommand } from '@/cli/pair-command'
import type { PairOperationKind } from '@/lib/domain/pair-operations'

/** Every operation on a pair as the command line asks for it. A kind without an entry does not compile. */
export const pairCommands: Readonly<Record<PairOperationKind, PairCommand>> = {
  adopt: adoptCommand,
  promote: promoteCommand,
  switchover: switchoverCommand,
  fence: fenceCommand,
  're-pair': rePairCommand,
  pause: pauseCommand,
  resume: resumeCommand,
  'change-settings': changeSettingsCommand,
  unpair: unpairCommand,
  drill: drillCommand,
  sync: syncCommand,
  'repair-files': repairFilesCommand,
}
