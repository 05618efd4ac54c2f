'use client'
import Link from 'next/link'
import { Ago } from '@/components/status/ago'
import { Card } from '@/components/ui/card'
import { linkClass } from '@/components/ui/link-class'
import { drillOutcomeWords, recoveryWords } from '@/lib/domain/drill'
import { formatFullInstant } from '@/lib/domain/format-instant'
import type { PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** How old the last drill is, what it showed, and the way to all of them; nothing where there can be none. */
export function DrillLine({ view: { pair, drills } }: { view: PairView }) {
  if (!pair.isPaired || !pair.scope.database) return null
  const { last, schedule } = drills
  const next = schedule?.nextAt ?? null
  return (
    <Card className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3 text-sm" aria-label="Drills">
      <p className="min-w-0 flex-1 basis-72">
        <b className="font-semibold">Drill</b>{' '}
        {last === null ? (
          'The standby’s data has not been tried yet.'
        ) : (
          <>
            The last one {drillOutcomeWords[last.outcome]}, begun <Ago at={last.startedAt} never="" />
            {last.recoveryMs === null
              ? '.'
              : `: its copy took a row ${recoveryWords(last.recoveryMs)} after its start.`}
          </>
        )}
        {next === null ? null : <> Next by itself {formatFullInstant(next, { precision: 'minutes' })}.</>}
      </p>
      <Link href={routes.drills(pair.slug)} className={linkClass}>
        All drills
      </Link>
    </Card>
  )
}
