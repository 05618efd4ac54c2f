'use client'
import { useQuery } from '@tanstack/react-query'
import { FileX } from 'lucide-react'
import Link from 'next/link'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { LogPanel } from '@/components/logs/log-panel'
import { ProblemPage } from '@/components/session/problem-page'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { SelectField } from '@/components/ui/field'
import { linkClass } from '@/components/ui/link-class'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'
import { roles } from '@/lib/domain/pair'
import type { LogFileView, PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** Every log of the pair on both hosts. Which one is open stands in the address. */
export function LogsPage({ slug }: { slug: string }) {
  const files = useQuery(queries.logFiles(slug))
  const pair = useQuery(queries.pair(slug))
  const error = files.error ?? pair.error
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Logs">
        Of{' '}
        <Link href={routes.pair(slug)} className={linkClass}>
          {slug}
        </Link>
        , read from the hosts as they are now.
      </PageHead>
      {error ? <ProblemPage problem={toProblem(error)} onRetry={() => files.refetch()} /> : null}
      {!error && !(files.data && pair.data) ? <Skeleton className="h-96" /> : null}
      {files.data && pair.data ? <Chosen files={files.data} view={pair.data} /> : null}
    </div>
  )
}

function Chosen({ files, view }: { files: readonly LogFileView[]; view: PairView }) {
  const [wanted, setWanted] = useQueryState('directory', parseAsString.withOptions({ history: 'push' }))
  const [host, setHost] = useQueryState(
    'host',
    parseAsStringLiteral(roles).withDefault('standby').withOptions({ history: 'push' }),
  )
  const file = files.find((each) => each.id === wanted) ?? files[0]
  if (!file)
    return (
      <Card>
        <Empty icon={FileX} title="No logs yet">
          The profile names no log files, or nothing has run.
        </Empty>
      </Card>
    )
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="grid gap-3 sm:grid-cols-[minmax(0,22rem)_minmax(0,14rem)]">
        <SelectField label="Log" value={file.id} onChange={(event) => setWanted(event.target.value)}>
          {files.map((each) => (
            <option key={each.id} value={each.id}>
              {each.title} ({each.path.split('/').at(-1)})
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Host"
          value={host}
          onChange={(event) => setHost(event.target.value === 'primary' ? 'primary' : 'standby')}
        >
          {roles.map((role) => (
            <option key={role} value={role}>
              {view.hosts[role].name} ({role})
            </option>
          ))}
        </SelectField>
      </div>
      <LogPanel
        key={`${host}-${file.id}`}
        source={{ slug: view.pair.slug, log: file.id, host }}
        file={file}
        hostName={view.hosts[host].name}
        hasRuns={host === 'standby' && view.pair.settings.directories.some(({ id }) => id === file.id)}
      />
    </div>
  )
}
