'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { apiClient, toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { useNow } from '@/components/data/use-now'
import { browserName } from '@/components/session/browser-name'
import { ProblemNotice } from '@/components/session/problem-notice'
import { ProblemPage } from '@/components/session/problem-page'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { formatListInstant } from '@/lib/domain/format-instant'
import type { OwnSessionView } from '@/lib/domain/views'

/** The browsers in which one is signed in, and the end of all others. */
export function OwnSessions() {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(queries.sessions())
  const ended = useMutation({
    mutationFn: () => apiClient.remove('/sessions'),
    onSuccess: () => client.invalidateQueries({ queryKey: queries.sessions().queryKey }),
  })
  if (error) return <ProblemPage problem={toProblem(error)} onRetry={() => refetch()} />
  if (!data) return <Skeleton className="h-60" />
  return (
    <Card aria-labelledby="sessions-heading">
      <CardHead id="sessions-heading" title="Where you are signed in">
        {data.length}
      </CardHead>
      <ul>
        {data.map((session) => (
          <SessionItem key={session.id} session={session} />
        ))}
      </ul>
      <div className="grid justify-items-start gap-2 px-4 py-3">
        {data.length > 1 ? (
          <ConfirmDialog
            trigger={<Button busy={ended.isPending}>Sign out everywhere else…</Button>}
            title="Sign out everywhere else?"
            confirm="Sign out everywhere else"
            onConfirm={() => ended.mutate()}
          >
            <p>Every other browser in which you are signed in asks for the password again.</p>
          </ConfirmDialog>
        ) : (
          <p className="text-ink3 text-sm">Nowhere else.</p>
        )}
        <ProblemNotice error={ended.error} />
      </div>
    </Card>
  )
}

function SessionItem({ session }: { session: OwnSessionView }) {
  const now = useNow()
  return (
    <li className="border-line border-b px-4 py-3">
      <p className="font-[570]">
        {browserName(session.userAgent)}
        {session.isThis ? <span className="font-normal text-ink3"> (this one)</span> : null}
      </p>
      <p className="text-ink3 text-sm">
        since {formatListInstant(session.since, now)}, last used {formatListInstant(session.lastUsedAt, now)}
      </p>
    </li>
  )
}
