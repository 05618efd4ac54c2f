'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsBoolean, useQueryState } from 'nuqs'
import { lazy, Suspense, useEffect, useState } from 'react'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { LivePageSkeleton } from '@/components/pairs/live-page-skeleton'
import { PairHeader } from '@/components/pairs/pair-header'
import { ProblemPage } from '@/components/session/problem-page'
import { AgesShownProvider } from '@/components/status/aged'
import { Directories } from '@/components/status/directories'
import { DrillLine } from '@/components/status/drill-line'
import { EventsList } from '@/components/status/events-list'
import { addToFlow, type Flow } from '@/components/status/flow'
import { PairPicture } from '@/components/status/pair-picture'
import { stateDisplay } from '@/components/status/state-display'
import { Tiles } from '@/components/status/tiles'
import { VerdictCard } from '@/components/status/verdict-card'
import { useInBrowser } from '@/components/ui/use-in-browser'
import { isObserved, isOnlyObserved } from '@/lib/domain/adopt/adoption'
import type { PairView } from '@/lib/domain/views'

/** Seldom needed: the page is not to wait for their scripts. */
const PairGone = lazy(async () => ({ default: (await import('@/components/pairs/pair-gone')).PairGone }))
const ObservedCard = lazy(async () => ({
  default: (await import('@/components/adopt/observed-card')).ObservedCard,
}))
const MissingFiles = lazy(async () => ({
  default: (await import('@/components/status/missing-files')).MissingFiles,
}))
const RemovePair = lazy(async () => ({
  default: (await import('@/components/pairs/remove-pair')).RemovePair,
}))

/**
 * The live page of a pair. `first` came with the page, so that nothing has to be asked for first; drawn is it in the browser
 * alone, because ages and times are the viewer's.
 */
export function LivePage({ slug, first }: { slug: string; first: PairView | null }) {
  const { data, error, refetch } = useQuery({
    ...queries.pair(slug),
    ...(first ? { initialData: first } : {}),
  })
  const isInBrowser = useInBrowser()
  if (data && error && toProblem(error).code === 'NOT_FOUND')
    return (
      <Suspense>
        <PairGone slug={slug} />
      </Suspense>
    )
  if (data && isInBrowser) return <Loaded view={data} />
  if (error) return <ProblemPage problem={toProblem(error)} onRetry={() => refetch()} />
  return <LivePageSkeleton />
}

/** The last observations, gathered as views come. */
function useFlow(view: PairView): Flow {
  const [flow, setFlow] = useState<Flow>([])
  const next = view.observation ? addToFlow(flow, view.observation) : flow
  if (next !== flow) setFlow(next)
  return next
}

function Loaded({ view }: { view: PairView }) {
  const flow = useFlow(view)
  const [agesShown, setAgesShown] = useQueryState('ages', parseAsBoolean.withDefault(false))
  const { title } = stateDisplay(view.verdict?.state ?? null)
  const { adoption, isPaired } = view.pair
  const canForget = (!isPaired || isOnlyObserved(view.pair)) && view.operation === null
  useEffect(() => {
    document.title = `${title} · ${view.pair.slug} · Understudy`
  }, [title, view.pair.slug])
  return (
    <AgesShownProvider value={agesShown}>
      <div className="grid grid-cols-1 gap-3">
        <PairHeader view={view} agesShown={agesShown} onAgesShown={(shown) => setAgesShown(shown || null)} />
        <StateSpoken view={view} />
        <VerdictCard view={view} />
        {adoption && isObserved(view.pair) ? (
          <Suspense>
            <ObservedCard view={view} adoption={adoption} />
          </Suspense>
        ) : null}
        {canForget ? (
          <Suspense>
            <RemovePair view={view} />
          </Suspense>
        ) : null}
        <PairPicture view={view} flow={flow} />
        <Tiles view={view} />
        <DrillLine view={view} />
        <div className="grid items-start gap-3 min-[1400px]:has-[>:nth-child(2)]:grid-cols-[1fr_340px]">
          <Directories view={view} />
          <EventsList view={view} />
        </div>
        {view.rowFiles.length > 0 && view.pair.isPaired ? (
          <Suspense>
            <MissingFiles view={view} />
          </Suspense>
        ) : null}
      </div>
    </AgesShownProvider>
  )
}

/** Said aloud only when the state itself changes, not with every figure. */
function StateSpoken({ view }: { view: PairView }) {
  const { title } = stateDisplay(view.verdict?.state ?? null)
  return (
    <p role="status" className="sr-only">
      {view.pair.slug}: {title}
    </p>
  )
}
