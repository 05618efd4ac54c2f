import type { Drill, DrillCheck } from '@/lib/domain/drill'
import type { OperationId } from '@/lib/domain/operation'
import { AppError } from '@/lib/errors'
import type { DrillRepository } from '@/lib/ports/store'

export const drillCheck = (over: Partial<DrillCheck> = {}): DrillCheck => ({
  id: 'relations',
  title: 'Every table answers',
  outcome: 'passed',
  evidence: '12 tables in 2 databases.',
  tookMs: 40,
  ...over,
})

/** A drill that has shown everything and is not concluded yet; a test replaces what it is about. */
export const drillOf = (over: Partial<Drill> = {}): Drill => ({
  operationId: '0a1b2c3d-0000-4000-8000-000000000000',
  pairId: 'pair-1',
  hostName: 'beta',
  startedAt: '2026-11-23T03:00:00.000Z',
  endedAt: null,
  outcome: 'running',
  reason: '',
  way: 'backup',
  copy: { bytes: 48_000_000, ms: 3_100 },
  recoveryMs: 4_250,
  checks: [drillCheck()],
  phase: 'trying',
  ...over,
})

/** What the store keeps of drills, in memory. */
export function memoryDrills(): Pick<DrillRepository, 'find' | 'begin' | 'change'> {
  const kept = new Map<OperationId, Drill>()
  return {
    find: async (operationId) => kept.get(operationId) ?? null,
    async begin(drill) {
      if (!kept.has(drill.operationId)) kept.set(drill.operationId, drill)
    },
    async change(operationId, change) {
      const before = kept.get(operationId)
      if (!before) throw new AppError('NOT_FOUND', 'There is no such drill.')
      const after = change(before)
      kept.set(operationId, after)
      return after
    },
  }
}
