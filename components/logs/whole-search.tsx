'use client'
import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { type LogSource, searchWholeLog } from '@/components/logs/use-log'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import type { LoudnessAsked } from '@/lib/domain/log-severity'
import { severityOf } from '@/lib/domain/log-severity'
import type { LogMatchesView } from '@/lib/domain/views'

type Asked = { readonly text: string; readonly loudness: LoudnessAsked }

/** Looks through the whole file for what is searched and shown, beyond the lines that are loaded; a match leads to its place. */
export function WholeSearch(props: {
  source: LogSource
  asked: Asked
  /** The place that is open. */
  at: number | null
  onOpen: (offset: number) => void
}) {
  const { source, asked, at, onOpen } = props
  const [isWanted, setWanted] = useState(at !== null)
  const isAsked = asked.text !== '' || asked.loudness !== 'all'
  const found = useQuery({
    queryKey: ['log-search', source, asked],
    queryFn: ({ signal }) => searchWholeLog(source, asked, signal),
    enabled: isWanted && isAsked,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (!isAsked) return null
  const again = () => (isWanted ? void found.refetch() : setWanted(true))
  return (
    <section aria-label="In the whole file" className="border-line border-b px-4 py-2 text-sm">
      <div className="flex flex-wrap items-center gap-3">
        <Button size="small" busy={found.isFetching} onClick={again}>
          <Search aria-hidden="true" />
          {isWanted ? 'Search again' : 'Search the whole file'}
        </Button>
        <span role="status" className="text-ink3">
          {found.data ? countText(found.data) : ''}
        </span>
      </div>
      <ProblemNotice error={found.error} />
      {found.data && found.data.lines.length > 0 ? (
        <ol
          reversed
          className="mt-2 max-h-64 overflow-auto rounded-lg border border-line bg-raise font-mono text-xs"
        >
          {found.data.lines.toReversed().map(({ offset, text }) => (
            <li key={offset}>
              <button
                type="button"
                aria-current={offset === at ? 'true' : undefined}
                onClick={() => onOpen(offset)}
                className={cn(
                  'block w-full px-3 py-0.5 text-left leading-5 [overflow-wrap:anywhere] hover:bg-hover aria-[current]:bg-hover',
                  severityOf(text) === 'error' && 'text-bad',
                  severityOf(text) === 'warning' && 'text-warn',
                )}
              >
                {text || '(an empty line)'}
              </button>
            </li>
          ))}
        </ol>
      ) : null}
    </section>
  )
}

function countText({ count, lines }: LogMatchesView): string {
  if (count === 0) return 'No line of the whole file matches.'
  const words = count === 1 ? '1 line of the whole file matches' : `${count} lines of the whole file match`
  return count > lines.length
    ? `${words}; the latest ${lines.length} are here, newest first.`
    : `${words}, newest first.`
}
