'use client'
import { useQuery } from '@tanstack/react-query'
import { FlaskConical } from 'lucide-react'
import Link from 'next/link'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { DrillHistory } from '@/components/drills/drill-history'
import { DrillScheduleCard } from '@/components/drills/drill-schedule-card'
import { LastDrill } from '@/components/drills/last-drill'
import { RecoveryTrend } from '@/components/drills/recovery-trend'
import { StartDrill } from '@/components/drills/start-drill'
import { ProblemPage } from '@/components/session/problem-page'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { linkClass } from '@/components/ui/link-class'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { useInBrowser } from '@/components/ui/use-in-browser'
import { neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'
import type { DrillsView, PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** What drills of the pair have shown, and when they begin by themselves. */
export function DrillsPage({ slug }: { slug: string }) {
  const pair = useQuery(queries.pair(slug))
  const seen = JSON.stringify(pair.data?.drills ?? null)
  const drills = useQuery(queries.drills(slug, seen))
  const isInBrowser = useInBrowser()
  const error = drills.error ?? pair.error
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Drills" actions={pair.data ? <StartDrill view={pair.data} /> : null}>
        Of{' '}
        <Link href={routes.pair(slug)} className={linkClass}>
          {slug}
        </Link>
        : a throwaway copy of the standby’s data is started, recovered, promoted, looked through and removed,
        while the standby goes on replicating.
      </PageHead>
      {error ? <ProblemPage problem={toProblem(error)} onRetry={() => drills.refetch()} /> : null}
      {!error && !(drills.data && pair.data) ? <Skeleton className="h-96" /> : null}
      {isInBrowser && drills.data && pair.data ? <Shown view={pair.data} found={drills.data} /> : null}
    </div>
  )
}

function Shown({ view, found }: { view: PairView; found: DrillsView }) {
  const { drills, schedule } = found
  const { data: session } = useQuery(queries.session())
  const [last] = drills
  const closed = session?.user
    ? (whyNotAllowed(session.user.role, neededRoles.drill) ?? '')
    : 'Looking who you are.'
  return (
    <>
      {last ? (
        <>
          <LastDrill drill={last} />
          <RecoveryTrend drills={drills} />
          <DrillHistory drills={drills} />
        </>
      ) : (
        <Card>
          <Empty icon={FlaskConical} title="No drill yet">
            That the standby replicates does not say that it would come up, nor how long that takes.
          </Empty>
        </Card>
      )}
      {view.pair.scope.database ? (
        <DrillScheduleCard
          key={schedule?.cron ?? 'none'}
          slug={view.pair.slug}
          schedule={schedule}
          closed={closed}
        />
      ) : null}
    </>
  )
}
