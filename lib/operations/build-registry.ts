import { openCreate } from '@/lib/operations/create/open-create'
import { openFence } from '@/lib/operations/fence/open-fence'
import type { OperationPorts } from '@/lib/operations/operation-ports'
import { openPromote } from '@/lib/operations/promote/open-promote'
import type { OperationRegistry } from '@/lib/operations/registry'
import { openUnpair } from '@/lib/operations/unpair/open-unpair'

const minuteMs = 60_000

/**
 * Every kind of operation that there is. A create goes on by itself after an hour: its copy runs on the host meanwhile. A
 * promotion does not after five minutes: what it was agreed to may not be true any more.
 */
export function buildRegistry(ports: OperationPorts): OperationRegistry {
  return {
    create: { silentMsMax: 60 * minuteMs, open: (operation) => openCreate(operation, ports) },
    fence: { silentMsMax: 5 * minuteMs, open: (operation) => openFence(operation, ports) },
    unpair: { silentMsMax: 60 * minuteMs, open: (operation) => openUnpair(operation, ports) },
    promote: { silentMsMax: 5 * minuteMs, open: (operation) => openPromote(operation, ports) },
  }
}
