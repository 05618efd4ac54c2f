'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Card } from '@/components/ui/card'
import { FenceReturnedChoice } from '@/components/wizard/fence-returned-choice'
import { neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'
import type { FenceReturned } from '@/lib/domain/pair'
import type { PairView } from '@/lib/domain/views'

/** What is set for the return of a primary that can't be fenced now; changed here at once. */
export function ReturnCard({ view, hostName }: { view: PairView; hostName: string }) {
  const { slug, settings } = view.pair
  const client = useQueryClient()
  const { data: session } = useQuery(queries.session())
  const changed = useMutation({
    mutationFn: (fenceReturned: FenceReturned) =>
      apiClient.put(`/pairs/${encodeURIComponent(slug)}/fence-returned`, { fenceReturned }),
    onSuccess: () => client.invalidateQueries({ queryKey: queries.pair(slug).queryKey }),
  })
  const shown = changed.isPending ? changed.variables : (settings.fenceReturned ?? 'ask')
  return (
    <Card className="grid gap-3 p-4" aria-label="When it comes back">
      <FenceReturnedChoice
        hostName={hostName}
        value={shown}
        disabledBecause={
          session?.user ? (whyNotAllowed(session.user.role, neededRoles.fence) ?? '') : 'Looking who you are.'
        }
        onChange={(fenceReturned) => changed.mutate(fenceReturned)}
      />
      <ProblemNotice error={changed.error} />
    </Card>
  )
}
