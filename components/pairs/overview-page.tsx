'use client'
import { useQuery } from '@tanstack/react-query'
import { Link2, Plus, SearchX } from 'lucide-react'
import Link from 'next/link'
import { parseAsString, useQueryState } from 'nuqs'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { PairRow } from '@/components/pairs/pair-row'
import { ProblemPage } from '@/components/session/problem-page'
import { stateDisplay } from '@/components/status/state-display'
import { Button, buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { SelectField, TextField } from '@/components/ui/field'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { pairStates } from '@/lib/domain/states'
import type { PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** All pairs, worst first, each with what a failover would cost now. */
export function OverviewPage({ canCreate }: { canCreate: boolean }) {
  const { data, error, refetch } = useQuery(queries.pairs())
  const create = canCreate ? (
    <Link href={routes.newPair()} className={buttonClass({ kind: 'primary' })}>
      <Plus aria-hidden="true" />
      Create a standby
    </Link>
  ) : (
    <>
      <Button disabled aria-describedby="why-create">
        Create a standby
      </Button>
      <p id="why-create" className="text-ink3 text-xs">
        Only an administrator can.
      </p>
    </>
  )
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Pairs" actions={data && data.length > 0 ? create : null} />
      {error && !data ? <ProblemPage problem={toProblem(error)} onRetry={() => refetch()} /> : null}
      {!data && !error ? <Skeleton className="h-72" /> : null}
      {data && data.length === 0 ? (
        <Card>
          <Empty icon={Link2} title="No pair yet" action={create}>
            A pair is two hosts: the one on which your application runs, and one that follows it and can take
            over. The wizard asks for both, shows what it found and every command, and changes nothing before
            you say so.
          </Empty>
        </Card>
      ) : null}
      {data && data.length > 0 ? <PairList views={data} /> : null}
    </div>
  )
}

function PairList({ views }: { views: readonly PairView[] }) {
  const [search, setSearch] = useQueryState('q', parseAsString.withDefault(''))
  const [state, setState] = useQueryState('state', parseAsString.withDefault(''))
  const wanted = search.trim().toLowerCase()
  const shown = views.filter(
    (view) =>
      (state === '' || (view.verdict?.state ?? 'unknown') === state) &&
      [view.pair.slug, view.hosts.primary.name, view.hosts.standby.name, view.profileTitle].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
  )
  return (
    <Card>
      {views.length > 3 ? (
        <div className="flex flex-wrap items-end gap-3 border-line border-b px-4 py-3">
          <TextField
            label="Search"
            type="search"
            className="w-full sm:w-64"
            value={search}
            onChange={(event) => setSearch(event.target.value || null)}
          />
          <SelectField label="State" value={state} onChange={(event) => setState(event.target.value || null)}>
            <option value="">any</option>
            {pairStates.map((each) => (
              <option key={each} value={each}>
                {stateDisplay(each).title}
              </option>
            ))}
          </SelectField>
          <p role="status" className="pb-2 text-ink3 text-sm">
            {shown.length} of {views.length}
          </p>
        </div>
      ) : null}
      {shown.length > 0 ? (
        <ul>
          {shown.map((view) => (
            <PairRow key={view.pair.slug} view={view} />
          ))}
        </ul>
      ) : (
        <Empty icon={SearchX} title="No pair matches">
          Change the search or the state.
        </Empty>
      )}
    </Card>
  )
}
