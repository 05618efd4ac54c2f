import { openAdopt } from '@/lib/operations/adopt/open-adopt'
import { openChange } from '@/lib/operations/change-settings/open-change'
import { openCreate } from '@/lib/operations/create/open-create'
import { openDrill } from '@/lib/operations/drill/open-drill'
import { openFence } from '@/lib/operations/fence/open-fence'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { openPause } from '@/lib/operations/pause/open-pause'
import { openPromote } from '@/lib/operations/promote/open-promote'
import type { OperationRegistry } from '@/lib/operations/registry'
import { openRepair } from '@/lib/operations/repair/open-repair'
import { openRepairFiles } from '@/lib/operations/repair-files/open-repair-files'
import { openSwitchover } from '@/lib/operations/switchover/open-switchover'
import { openSync } from '@/lib/operations/sync/open-sync'
import { openUnpair } from '@/lib/operations/unpair/open-unpair'

const minuteMs = 60_000

/**
 * Every kind of operation that there is. A create goes on by itself after an hour: its copy runs on the host meanwhile. A
 * promotion does not after five minutes: what it was agreed to may not be true any more.
 */
export function buildRegistry(ports: OperationPorts): OperationRegistry {
  return {
    adopt: { silentMsMax: 60 * minuteMs, open: (operation) => openAdopt(operation, ports) },
    'change-settings': { silentMsMax: 60 * minuteMs, open: (operation) => openChange(operation, ports) },
    create: { silentMsMax: 60 * minuteMs, open: (operation) => openCreate(operation, ports) },
    drill: { silentMsMax: 60 * minuteMs, open: (operation) => openDrill(operation, ports) },
    fence: { silentMsMax: 5 * minuteMs, open: (operation) => openFence(operation, ports) },
    're-pair': { silentMsMax: 60 * minuteMs, open: (operation) => openRepair(operation, ports) },
    pause: { silentMsMax: 5 * minuteMs, open: (operation) => openPause(operation, ports) },
    unpair: { silentMsMax: 60 * minuteMs, open: (operation) => openUnpair(operation, ports) },
    // It interrupts everybody: what is not soon taken up again stands, and an operator decides.
    switchover: { silentMsMax: 5 * minuteMs, open: (operation) => openSwitchover(operation, ports) },
    promote: { silentMsMax: 5 * minuteMs, open: (operation) => openPromote(operation, ports) },
    sync: { silentMsMax: 60 * minuteMs, open: (operation) => openSync(operation, ports) },
    'repair-files': { silentMsMax: 60 * minuteMs, open: (operation) => openRepairFiles(operation, ports) },
    resume: { silentMsMax: 60 * minuteMs, open: (operation) => openPause(operation, ports) },
  }
}
