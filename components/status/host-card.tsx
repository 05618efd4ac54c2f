'use client'
import { Aged, type HostClock } from '@/components/status/aged'
import { type HostFact, looksLike } from '@/components/status/host-facts'
import { cn } from '@/components/ui/cn'
import type { Host } from '@/lib/domain/host'
import type { HostObservation } from '@/lib/domain/observation'
import type { PublicError } from '@/lib/errors'

/** A host's clock as its machine facts tell it; null while they are not seen. */
function hostClock(host: Host, observation: HostObservation | undefined): HostClock | null {
  const machine = observation?.machine
  if (!machine?.seen) return null
  return { name: host.name, timeZone: machine.value.timeZone, offsetMs: machine.value.clockOffsetMs }
}

export type ExpectedRole = 'Primary' | 'Standby' | 'Former primary'

/** A former primary may be anything but a primary. */
const isOddAs = (expected: ExpectedRole, seenAs: string): boolean =>
  expected === 'Former primary' ? seenAs === 'Primary' : seenAs !== expected

/** One host of the picture: who it is, what it looks like, and every fact with its age. */
export function HostCard(props: {
  expected: ExpectedRole
  host: Host
  observation: HostObservation | undefined
  facts: readonly HostFact[]
  hasDatabase: boolean
}) {
  const { expected, host, observation, hasDatabase } = props
  const seenAs = looksLike(observation, hasDatabase)
  const isOdd = seenAs !== null && isOddAs(expected, seenAs)
  const clock = hostClock(host, observation)
  return (
    <article
      aria-label={`${expected} ${host.name}`}
      className="rounded-xl border border-line2 bg-raise px-4 py-3.5"
    >
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="order-2 font-[620] text-md">{host.name}</h3>
        <p className="font-[650] text-2xs text-ink3 uppercase tracking-[0.06em]">{expected}</p>
      </div>
      <div className="mt-0.5 flex items-baseline justify-between gap-3">
        <p className={cn('text-sm', isOdd ? 'font-semibold text-bad' : 'text-ink2')}>
          {seenAs === null ? 'Not seen now' : `Looks like ${seenAs}`}
        </p>
        <p className="font-mono text-ink3 text-xs">{host.address}</p>
      </div>
      <Unseen observation={observation} hasDatabase={hasDatabase} />
      <dl className="mt-2.5 grid grid-cols-[auto_1fr] gap-x-3 gap-y-[3px] text-sm">
        {props.facts.map((fact) => (
          <FactLine key={fact.label} fact={fact} clock={clock} />
        ))}
      </dl>
    </article>
  )
}

function FactLine({ fact, clock }: { fact: HostFact; clock: HostClock | null }) {
  return (
    <>
      <dt className="whitespace-nowrap text-ink3">{fact.label}</dt>
      <dd
        className={cn(
          'text-right',
          fact.mono && 'font-mono text-xs leading-[1.2rem]',
          fact.isOdd && 'text-warn',
        )}
      >
        {fact.value === null ? (
          <span className="text-ink3">unknown</span>
        ) : (
          <Aged at={fact.at} lateAfterSeconds={fact.lateAfterSeconds} host={clock}>
            {fact.value}
          </Aged>
        )}
      </dd>
    </>
  )
}

/** Why facts are missing, once for each way of looking. */
function Unseen({
  observation,
  hasDatabase,
}: {
  observation: HostObservation | undefined
  hasDatabase: boolean
}) {
  if (!observation) return null
  const missing: [string, PublicError][] = []
  if (!observation.machine.seen) missing.push(['SSH', observation.machine.why])
  if (hasDatabase && !observation.server.seen && observation.server.why.message !== missing[0]?.[1].message)
    missing.push(['PostgreSQL', observation.server.why])
  return missing.map(([way, why]) => (
    <p key={way} className="mt-2 rounded-lg border border-bad/30 bg-bad-soft px-2.5 py-1.5 text-sm">
      <b className="font-semibold text-bad">{way}:</b> {why.message}
    </p>
  ))
}
