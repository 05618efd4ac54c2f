'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { FindingList } from '@/components/adopt/finding-list'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Ago } from '@/components/status/ago'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { type Adoption, isOwn, leftToTake } from '@/lib/domain/adopt/adoption'
import { pieceWords } from '@/lib/domain/adopt/pieces'
import type { PairView } from '@/lib/domain/views'

/** Of a pair that somebody else made: what was found, what of it is taken over and what is left. */
export function ObservedCard({ view, adoption }: { view: PairView; adoption: Adoption }) {
  const { slug } = view.pair
  const { data: session } = useQuery(queries.session())
  const again = useMutation({
    mutationFn: () => apiClient.put<undefined>(`/pairs/${encodeURIComponent(slug)}/observed`, {}),
  })
  const findings = adoption.found.findings.filter(({ piece }) => !isOwn({ adoption }, piece))
  const isIdle = view.operation === null
  return (
    <Card aria-labelledby="observed-heading">
      <CardHead id="observed-heading" title="Made by somebody else">
        <span>
          looked at <Ago at={adoption.found.readAt} never="" bare />
        </span>
        {session?.user?.role === 'administrator' && isIdle ? (
          <Button size="small" busy={again.isPending} onClick={() => again.mutate()}>
            <RotateCw aria-hidden="true" />
            Look again
          </Button>
        ) : null}
      </CardHead>
      <div className="grid gap-2 border-line border-b px-4 py-3">
        <p>
          {adoption.taken.length === 0
            ? 'Nothing on the hosts was changed. '
            : `Taken over: ${pieceWords(adoption.taken)}. `}
          To be taken over: {pieceWords(leftToTake({ adoption }))}.
        </p>
        <ProblemNotice error={again.error} />
      </div>
      <FindingList findings={findings} />
    </Card>
  )
}
