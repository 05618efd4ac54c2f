import type { Instant } from '@/lib/domain/observation'
import type { OperationView } from '@/lib/domain/views'

export const msBetween = (from: Instant, to: Instant) => Date.parse(to) - Date.parse(from)
export const inSeconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`

type Span = readonly [from: Instant | null, to: Instant | null]

/**
 * What an operator is asked for after the roles of hosts have changed, one sentence each; the times are those at which the worker saw the
 * facts, so that what they say is at most so long.
 */
export function measuredTimes({
  operation,
  steps,
}: Pick<OperationView, 'operation' | 'steps'>): readonly string[] {
  const { createdAt, endedAt } = operation
  const endOf = (id: string) => steps.find((step) => step.id === id)?.endedAt ?? null
  const startOf = (id: string) => steps.find((step) => step.id === id)?.startedAt ?? null
  const promotedAt = endOf('promote-standby')
  const stoppedAt = startOf('stop-primary') ?? startOf('stop-old-application') ?? startOf('fence-primary')
  const spans: Readonly<Record<string, Span>> = {
    'From the start to the end': [createdAt, endedAt],
    'From the start to the new primary’s first row': [createdAt, promotedAt],
    'Without writes, from the stop on the old primary to the first row': [stoppedAt, promotedAt],
    'Without the application': [startOf('stop-old-application'), endOf('start-application')],
    'From the first row until the old primary streamed': [promotedAt, endOf('follow')],
  }
  const lines = Object.entries(spans).flatMap(([what, [from, to]]) =>
    from === null || to === null ? [] : [`${what}: ${inSeconds(msBetween(from, to))}`],
  )
  return promotedAt !== null && stoppedAt === null
    ? [...lines, 'The old primary was gone before: how long nothing could be written is not known from here.']
    : lines
}
