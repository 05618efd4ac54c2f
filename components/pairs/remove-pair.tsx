'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { apiClient } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import type { PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** Forgets a pair that was never made, was taken apart or is only observed, so that its hosts are free again; nothing for who may not. */
export function RemovePair({ view }: { view: PairView }) {
  const { pair } = view
  const router = useRouter()
  const client = useQueryClient()
  const { data: session } = useQuery(queries.session())
  const removed = useMutation({
    mutationFn: () => apiClient.remove(`/pairs/${encodeURIComponent(pair.slug)}`),
    onSuccess: async () => {
      router.push(routes.home())
      await client.invalidateQueries({ queryKey: queries.pairs().queryKey })
      client.removeQueries({ queryKey: queries.pair(pair.slug).queryKey })
    },
  })
  if (session?.user?.role !== 'administrator') return null
  return (
    <div className="grid justify-items-start gap-2">
      <ConfirmDialog
        trigger={
          <Button busy={removed.isPending || removed.isSuccess}>
            <Trash2 aria-hidden="true" />
            Forget this pair…
          </Button>
        }
        title={`Forget the pair ${pair.slug}?`}
        confirm="Forget it"
        kind="danger"
        onConfirm={() => removed.mutate()}
      >
        <p>
          {pair.isPaired ? 'The pair is only observed' : 'The hosts are no pair'}. The dashboard forgets it
          with the record of its operations; nothing changes on the hosts
          {pair.owed ? ', and what is still owed to one that was away is not cleaned any more' : ''}.
        </p>
      </ConfirmDialog>
      <ProblemNotice error={removed.error} />
    </div>
  )
}
