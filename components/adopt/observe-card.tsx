'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Eye } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { FindingList } from '@/components/adopt/finding-list'
import { apiClient, toProblem } from '@/components/data/api-client'
import { CheckList, countChecks } from '@/components/operations/check-list'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { CheckboxField, TextField } from '@/components/ui/field'
import { Skeleton } from '@/components/ui/skeleton'
import type { FoundInput } from '@/lib/domain/inputs'
import type { DirectorySetting, Role } from '@/lib/domain/pair'
import { isBlocking } from '@/lib/domain/preflight'
import type { FoundReplicationView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

type Given = {
  readonly input: FoundInput
  readonly hostNames: Readonly<Record<Role, string>>
}

/** Where the host chosen as the standby is one already: what replicates there, and keeping it as a pair that is only observed. */
export function ObserveCard({ input, hostNames }: Given) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['observe', input],
    queryFn: () => apiClient.post<FoundReplicationView>('/observe/found', input),
    staleTime: 30_000,
  })
  return (
    <Card aria-labelledby="observe-heading" aria-busy={isFetching}>
      <CardHead id="observe-heading" title={`${hostNames.standby} is a standby already`}>
        <span role="status">{isFetching ? 'looking…' : data ? countChecks(data.checks) : ''}</span>
      </CardHead>
      <p className="border-line border-b px-4 py-3">
        It need not be made anew: observed, the pair is watched and nothing on its hosts is changed. It can be
        taken over piece by piece then.
      </p>
      {error ? (
        <ProblemNotice error={error} action={<Button onClick={() => refetch()}>Look again</Button>} />
      ) : null}
      {data ? (
        <>
          <FindingList findings={data.found.findings} />
          <CheckList checks={data.checks} hostNames={hostNames} />
          <KeepForm input={input} view={data} />
        </>
      ) : (
        <Skeleton className="m-4 h-48" />
      )}
    </Card>
  )
}

/** The pair's name, what of it is left out, and the button. */
function KeepForm({ input, view }: { input: FoundInput; view: FoundReplicationView }) {
  const router = useRouter()
  const [slug, setSlug] = useState('')
  const [without, setWithout] = useState<readonly string[]>([])
  const kept = useMutation({
    mutationFn: () => apiClient.post<undefined>('/observe', { ...input, slug, without }),
    onSuccess: () => router.push(routes.pair(slug)),
  })
  const { directories } = view.proposal.settings
  const problem = kept.error ? toProblem(kept.error) : null
  return (
    <form
      className="grid gap-4 border-line border-t px-4 py-4"
      onSubmit={(event) => {
        event.preventDefault()
        kept.mutate()
      }}
    >
      <FoundDirectories directories={directories} without={without} onChange={setWithout} />
      <TextField
        label="Name of the pair"
        className="max-w-sm"
        hint="Lower-case letters, digits and dashes."
        value={slug}
        error={problem?.fields?.slug}
        onChange={(event) => setSlug(event.target.value)}
      />
      <ProblemNotice error={kept.error} />
      <div>
        <Button
          kind="primary"
          type="submit"
          busy={kept.isPending || kept.isSuccess}
          disabled={slug === '' || isBlocking(view.checks)}
        >
          <Eye aria-hidden="true" />
          Observe this pair
        </Button>
      </div>
    </form>
  )
}

function FoundDirectories(props: {
  directories: readonly DirectorySetting[]
  without: readonly string[]
  onChange: (without: readonly string[]) => void
}) {
  const { directories, without, onChange } = props
  if (directories.length === 0) return null
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 font-[570] text-sm">Directories that are part of it</legend>
      {directories.map(({ id, title, path, schedule }) => (
        <CheckboxField
          key={id}
          label={title}
          hint={`${path}, ${schedule}`}
          checked={!without.includes(id)}
          onChange={({ target }) =>
            onChange(target.checked ? without.filter((one) => one !== id) : [...without, id])
          }
        />
      ))}
    </fieldset>
  )
}
