'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import { apiClient, toProblem } from '@/components/data/api-client'
import { useNow } from '@/components/data/use-now'
import { ProblemPage } from '@/components/session/problem-page'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { PageHead } from '@/components/ui/page-head'
import { Pill } from '@/components/ui/pill'
import { Skeleton } from '@/components/ui/skeleton'
import { formatFullInstant, formatListInstant } from '@/lib/domain/format-instant'
import type { AuditRow } from '@/lib/domain/views'

const pageSize = 100

/** Who did what, when, from where, and what was refused; newest first. */
export function AuditPage() {
  const rows = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam, signal }) =>
      apiClient.get<readonly AuditRow[]>(
        `/audit?limit=${pageSize}${pageParam === null ? '' : `&beforeId=${pageParam}`}`,
        signal,
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.length < pageSize ? undefined : last.at(-1)?.id),
  })
  const all = rows.data?.pages.flat() ?? []
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Audit">Every act and every refusal. Rows are only ever added.</PageHead>
      {rows.error ? <ProblemPage problem={toProblem(rows.error)} onRetry={() => rows.refetch()} /> : null}
      {rows.isPending ? <Skeleton className="h-96" /> : null}
      {rows.data ? (
        <Card>
          {all.length === 0 ? (
            <Empty icon={ScrollText} title="Nothing yet">
              The first act will stand here.
            </Empty>
          ) : (
            <ol>
              {all.map((row) => (
                <AuditItem key={row.id} row={row} />
              ))}
            </ol>
          )}
          {rows.hasNextPage ? (
            <div className="border-line border-t p-3 text-center">
              <Button busy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>
                Earlier rows
              </Button>
            </div>
          ) : null}
        </Card>
      ) : null}
    </div>
  )
}

function AuditItem({ row }: { row: AuditRow }) {
  const now = useNow()
  return (
    <li className="grid gap-x-4 gap-y-0.5 border-line border-b px-4 py-2.5 text-sm last:border-b-0 sm:grid-cols-[6.5rem_1fr_auto]">
      <time dateTime={row.at} title={formatFullInstant(row.at)} className="text-ink3">
        {formatListInstant(row.at, now)}
      </time>
      <p className="min-w-0">
        <b className="font-[570]">{row.actor}</b>{' '}
        <span className="font-mono text-ink2 text-xs">{row.action}</span>{' '}
        <span className="[overflow-wrap:anywhere]">{row.subject}</span>
        {row.detail ? <span className="block text-ink2 [overflow-wrap:anywhere]">{row.detail}</span> : null}
      </p>
      <p className="flex items-center gap-2 text-ink3 text-xs">
        {row.origin}
        {row.outcome === 'refused' ? (
          <Pill tone="warn" size="small" className="pl-2">
            refused
          </Pill>
        ) : null}
      </p>
    </li>
  )
}
