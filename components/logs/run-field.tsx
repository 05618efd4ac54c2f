'use client'
import { useQuery } from '@tanstack/react-query'
import { queries } from '@/components/data/queries'
import { useNow } from '@/components/data/use-now'
import type { LogSource } from '@/components/logs/use-log'
import { SelectField } from '@/components/ui/field'
import { formatListInstant } from '@/lib/domain/format-instant'

/** Chooses one run of the directory, so that only its own lines are shown. */
export function RunField(props: {
  source: LogSource
  run: string | null
  onRun: (endedAt: string | null) => void
}) {
  const { data = [] } = useQuery(queries.runs(props.source.slug, props.source.log))
  const now = useNow()
  return (
    <SelectField
      label="Run"
      className="w-64 max-w-full"
      value={props.run ?? ''}
      onChange={(event) => props.onRun(event.target.value || null)}
    >
      <option value="">every run</option>
      {data.map((run) => (
        <option key={run.endedAt} value={run.endedAt}>
          {formatListInstant(run.startedAt, now)}, {run.result}, {run.files} files
        </option>
      ))}
    </SelectField>
  )
}
