'use client'
import { useQuery } from '@tanstack/react-query'
import { queries } from '@/components/data/queries'
import { barsOf, trendWords } from '@/components/status/run-bars'
import { cn } from '@/components/ui/cn'
import { toneText } from '@/components/ui/pill'

const height = 20
const pitch = 4

/** The latest runs of one directory, the oldest at the left: how long each took, and how it ended. The same in words for who does not see it. */
export function RunTrend({ slug, directory }: { slug: string; directory: string }) {
  const { data } = useQuery(queries.recentRuns(slug))
  const runs = data?.[directory] ?? []
  if (runs.length === 0) return <>–</>
  const bars = barsOf(runs, height)
  return (
    <svg
      width={bars.length * pitch}
      height={height}
      viewBox={`0 0 ${bars.length * pitch} ${height}`}
      className="inline-block align-middle"
      role="img"
      aria-label={trendWords(runs)}
    >
      <title>{trendWords(runs)}</title>
      {bars.map(({ key, tall, tone }, index) => (
        <rect
          key={key}
          x={index * pitch}
          y={height - tall}
          width={pitch - 1}
          height={tall}
          rx="1"
          className={cn('fill-current', toneText[tone])}
        />
      ))}
    </svg>
  )
}
