'use client'
import { Ago } from '@/components/status/ago'
import { formatDuration } from '@/lib/domain/format-duration'
import { formatClock, formatFullInstant } from '@/lib/domain/format-instant'
import { type LossStatement, walLossText, worstFirst } from '@/lib/domain/loss'
import type { Instant } from '@/lib/domain/observation'
import type { Scope } from '@/lib/domain/pair'

/** The loss as a table: the database's, then each directory's, the oldest first. */
export function LossTable(props: {
  loss: LossStatement
  standbyName: string
  primaryLsnAt: Instant | null
  scope: Scope
}) {
  const { directories, sentence } = props.loss
  return (
    <section
      aria-labelledby="loss-heading"
      className="rounded-xl border border-bad bg-bad-soft px-[18px] py-4"
    >
      <h3 id="loss-heading" className="font-[640] text-bad text-lg">
        What this loses
      </h3>
      <p className="mt-1 text-ink2 text-sm">{sentence}</p>
      <table className="mt-2 w-full text-sm">
        <tbody>
          {props.scope.database ? <DatabaseLines {...props} /> : null}
          {props.scope.files
            ? worstFirst(directories).map((each) => (
                <Line key={each.id} label={each.title}>
                  {ageText(each.ageSeconds)}
                </Line>
              ))
            : null}
        </tbody>
      </table>
    </section>
  )
}

function DatabaseLines(props: { loss: LossStatement; standbyName: string; primaryLsnAt: Instant | null }) {
  const { database } = props.loss
  return (
    <>
      <Line label="Database">
        <b className="font-semibold">{walLossText(database)}</b>
      </Line>
      <Line label={`Last commit on ${props.standbyName}`}>
        {database.lastReplayedCommitAt ? (
          <time
            dateTime={database.lastReplayedCommitAt}
            title={formatFullInstant(database.lastReplayedCommitAt)}
            className="font-mono text-xs"
          >
            {formatClock(database.lastReplayedCommitAt, { precision: 'milliseconds' })}
          </time>
        ) : (
          'not known'
        )}
      </Line>
      <Line label="Primary last seen at">
        {database.primaryLsn ? (
          <>
            <span className="font-mono text-xs">{database.primaryLsn}</span>,{' '}
            <Ago at={props.primaryLsnAt} never="never" />
          </>
        ) : (
          'never seen'
        )}
      </Line>
    </>
  )
}

function ageText(seconds: number | null) {
  if (seconds === null) return <b className="font-semibold">all: never synced</b>
  return (
    <>
      up to <b className="font-semibold">{formatDuration(seconds)}</b>
    </>
  )
}

function Line({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <tr className="border-bad/25 border-b last:border-b-0">
      <th scope="row" className="py-1.5 pr-3 text-left font-normal">
        {label}
      </th>
      <td className="py-1.5 text-right">{children}</td>
    </tr>
  )
}
