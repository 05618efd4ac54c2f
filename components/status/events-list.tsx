'use client'
import Link from 'next/link'
import { useNow } from '@/components/data/use-now'
import { stateDisplay } from '@/components/status/state-display'
import { Card, CardHead } from '@/components/ui/card'
import { cn } from '@/components/ui/cn'
import { linkClass } from '@/components/ui/link-class'
import { toneText } from '@/components/ui/pill'
import { formatFullInstant, formatListInstant } from '@/lib/domain/format-instant'
import type { Instant } from '@/lib/domain/observation'
import { operationTitles, operationWords } from '@/lib/domain/operation-words'
import type { OperationSummary, PairView, StateChange } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

type Entry =
  | { at: Instant; kind: 'state'; change: StateChange }
  | { at: Instant; kind: 'operation'; operation: OperationSummary }

/** Changes of state and operations on one line of time, newest first. */
export function EventsList({ view }: { view: PairView }) {
  const now = useNow()
  const entries: Entry[] = [
    ...view.stateChanges.map((change): Entry => ({ at: change.at, kind: 'state', change })),
    ...view.recentOperations.map(
      (operation): Entry => ({ at: operation.createdAt, kind: 'operation', operation }),
    ),
  ].sort((a, b) => b.at.localeCompare(a.at))
  return (
    <Card aria-labelledby="events-heading" className="min-w-0">
      <CardHead id="events-heading" title="Events">
        states and operations
      </CardHead>
      {entries.length === 0 ? (
        <p className="px-4 py-6 text-ink3 text-sm">
          Nothing has happened since the dashboard knows this pair.
        </p>
      ) : (
        <ol className="max-h-[36rem] overflow-y-auto">
          {entries.map((entry) => (
            <li
              key={`${entry.kind}-${entry.kind === 'operation' ? entry.operation.id : entry.at}`}
              className="grid grid-cols-[64px_1fr] gap-2.5 border-line border-b px-4 py-2.5 text-sm last:border-b-0"
            >
              <time
                dateTime={entry.at}
                title={formatFullInstant(entry.at)}
                className="text-ink3 text-xs leading-[1.2rem]"
              >
                {formatListInstant(entry.at, now)}
              </time>
              {entry.kind === 'state' ? (
                <ChangeText change={entry.change} />
              ) : (
                <OperationText operation={entry.operation} />
              )}
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}

function ChangeText({ change }: { change: StateChange }) {
  const { title, tone, Icon } = stateDisplay(change.to)
  return (
    <p className="min-w-0">
      <Icon className={cn('mr-1.5 inline size-3.5 align-[-2px]', toneText[tone])} aria-hidden="true" />
      <b className="font-[570]">{title}</b>
      {change.reason ? <span className="text-ink2">: {change.reason}</span> : null}
    </p>
  )
}

function OperationText({ operation }: { operation: OperationSummary }) {
  return (
    <p className="min-w-0">
      <Link href={routes.operation(operation.id)} className={linkClass}>
        {operationTitles[operation.kind]}
      </Link>{' '}
      <span className="text-ink2">
        by {operation.startedBy}: {operationWords[operation.state]}
      </span>
    </p>
  )
}
