import type { Observation } from '@/lib/domain/observation'
import type { Store } from '@/lib/ports/store'
import { observationOf as observe } from '@/test/harness/observations'
import { aVerdict, insertPair } from '@/test/harness/store-fixtures'

/** Its standby accepts writes and carries the record of its break-glass kit. */
export const promotedByHand = {
  at: '2026-11-30T03:04:05.000Z',
  by: 'root',
  reason: 'rack 4 is dark',
  promoted: 'timeline 2, 0/3000060',
}

export function observationOf(isServing = true, machineId: string | null = null): Observation {
  const { hosts, ...rest } = observe()
  const { machine, server } = hosts.standby
  if (!machine.seen || !server.seen) throw new Error('both hosts are seen')
  return {
    ...rest,
    hosts: {
      ...hosts,
      standby: {
        machine: {
          ...machine,
          value: { ...machine.value, promotedByHand, machineId: machineId ?? machine.value.machineId },
        },
        server: { ...server, value: { ...server.value, inRecovery: !isServing } },
      },
    },
  }
}

/** A pair of the store of which that was seen. */
export async function aPairPromotedByHand(store: Store) {
  const pair = await insertPair(store, { isPaired: true })
  const machineId = (await store.hosts.find(pair.hosts.standby))?.machineId ?? null
  await store.observations.put({
    pairId: pair.id,
    observation: observationOf(true, machineId),
    verdict: aVerdict,
  })
  return pair
}
