'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { apiClient, toProblem } from '@/components/data/api-client'
import { DrillFields } from '@/components/pair-operations/drill-fields'
import type { ChosenOptions } from '@/components/pair-operations/pair-operation-display'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { TextField } from '@/components/ui/field'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { DrillsView } from '@/lib/domain/views'

type Wanted = { readonly cron: string | null; readonly options: ChosenOptions }

/** Fields of the form by the paths of its input: those of the options are without their part. */
const errorsOf = (error: unknown): Readonly<Record<string, string>> => {
  const fields = error ? (toProblem(error).fields ?? {}) : {}
  return Object.fromEntries(
    Object.entries(fields).map(([path, why]) => [path.replace(/^options\./, ''), why]),
  )
}

function useSchedule(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Wanted) =>
      apiClient.put(`/pairs/${encodeURIComponent(slug)}/drill-schedule`, wanted),
    onSuccess: () => client.invalidateQueries({ queryKey: ['drills', slug] }),
  })
}

/** When drills begin by themselves, and how; `closed`: why the viewer may not set it, empty where they may. */
export function DrillScheduleCard(props: { slug: string; schedule: DrillsView['schedule']; closed: string }) {
  const { slug, schedule, closed } = props
  const changed = useSchedule(slug)
  const [cron, setCron] = useState(schedule?.cron ?? '')
  const [options, setOptions] = useState<ChosenOptions>(schedule?.options ?? {})
  const errors = errorsOf(changed.error)
  const save = (event: FormEvent) => {
    event.preventDefault()
    changed.mutate({ cron, options })
  }
  return (
    <Card aria-labelledby="drill-schedule">
      <CardHead title="By themselves" id="drill-schedule">
        <span role="status">{scheduleWords(schedule)}</span>
      </CardHead>
      {closed ? (
        <p className="p-4 text-ink2 text-sm">{closed}</p>
      ) : (
        <form className="grid gap-4 p-4" onSubmit={save}>
          <TextField
            label="When, in UTC"
            hint="Five fields as cron has them, e.g. 0 3 * * 0: at 3 o’clock on Sundays. Only while the pair is protected and nothing else runs; what can’t begin within an hour is left out."
            error={errors.cron}
            className="max-w-80"
            mono
            value={cron}
            onChange={({ target }) => setCron(target.value)}
          />
          <DrillFields options={options} errors={errors} onChange={setOptions} />
          {Object.keys(errors).length > 0 ? null : <ProblemNotice error={changed.error} />}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" kind="primary" busy={changed.isPending}>
              Save the schedule
            </Button>
            {schedule ? (
              <Button busy={changed.isPending} onClick={() => changed.mutate({ cron: null, options: {} })}>
                No drills by themselves
              </Button>
            ) : null}
          </div>
        </form>
      )}
    </Card>
  )
}

function scheduleWords(schedule: DrillsView['schedule']): string {
  if (!schedule) return 'No drills begin by themselves.'
  const next =
    schedule.nextAt === null ? '' : `; next ${formatFullInstant(schedule.nextAt, { precision: 'minutes' })}`
  return `They begin ${schedule.words}${next}, as ${schedule.by} set.`
}
