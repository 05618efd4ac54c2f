'use client'
import { useQuery } from '@tanstack/react-query'
import { queries } from '@/components/data/queries'
import { useNow } from '@/components/data/use-now'
import type { LogSource } from '@/components/logs/use-log'
import { SelectField } from '@/components/ui/field'
import { formatListInstant } from '@/lib/domain/format-instant'
import { overlapWords } from '@/lib/domain/overlap-words'
import { outcomeOf } from '@/lib/domain/run-outcome'

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
          {formatListInstant(run.startedAt, now)}, {outcomeOf(run).words}, {run.files} files
        </option>
      ))}
    </SelectField>
  )
}

/** What the chosen run came to, and what to do about it. */
export function RunNotice({ source, run }: { source: LogSource; run: string }) {
  const { data = [] } = useQuery(queries.runs(source.slug, source.log))
  const chosen = data.find(({ endedAt }) => endedAt === run)
  if (!chosen) return null
  const { sentence, fix } = outcomeOf(chosen)
  const overlaps = overlapWords(chosen)
  return (
    <p className="border-line border-b px-4 py-2 text-sm">
      <strong className="font-[570]">{sentence}</strong> {chosen.reason ? `It said: ${chosen.reason}. ` : ''}
      {overlaps ? `While it ran: ${overlaps}. ` : ''}
      <span className="text-ink2">{fix}</span>
    </p>
  )
}
