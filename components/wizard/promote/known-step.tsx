'use client'
import { Aged } from '@/components/status/aged'
import { type HostFact, looksLike } from '@/components/status/host-facts'
import { standbyUpdatedText } from '@/components/status/last-updated'
import { distanceText } from '@/components/status/wal-lane'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import type { PromoteProps } from '@/components/wizard/promote/promote-wizard'
import { WizardFooter } from '@/components/wizard/wizard-footer'
import type { Seen } from '@/lib/domain/observation'
import { otherRole, type Role } from '@/lib/domain/pair'
import type { PairView } from '@/lib/domain/views'

const peerWords = {
  accepting: 'accepts connections',
  rejecting: 'rejects connections',
  'no-response': 'does not answer',
} as const

/** The first step: what each side says, and what each side says of the other. */
export function KnownStep({ view, draft, hostNames }: PromoteProps) {
  const { verdict, actions } = view
  const primary = view.observation?.hosts.primary
  const isPrimaryUp = view.pair.scope.database ? primary?.server.seen : primary?.machine.seen
  const promote = actions.find((each) => each.action === 'promote')
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="grid items-start gap-3 lg:grid-cols-2">
        <Side view={view} hostNames={hostNames} side="primary" />
        <Side view={view} hostNames={hostNames} side="standby" />
      </div>
      {verdict && !verdict.readyForFailover.ready ? (
        <Notice tone="bad" title={`${hostNames.standby} is not ready to take over.`}>
          {verdict.readyForFailover.reasons.join(' ')}
        </Notice>
      ) : null}
      {isPrimaryUp ? (
        <Notice tone="warn" title={`${hostNames.primary} is up and answers.`}>
          It will be stopped and fenced before {hostNames.standby} is promoted. What is written until then may
          be lost.
        </Notice>
      ) : null}
      <WizardFooter
        onNext={() => draft.go('fence', { slug: view.pair.slug })}
        closedBecause={promote?.allowed ? '' : (promote?.reason ?? '')}
      />
    </div>
  )
}

type SideProps = Pick<PromoteProps, 'view' | 'hostNames'> & { side: Role }

function Side({ view, hostNames, side }: SideProps) {
  return (
    <Card className="p-4" aria-label={`${side} ${hostNames[side]}`}>
      <p className="font-[650] text-2xs text-ink3 uppercase tracking-[0.06em]">{side}</p>
      <h3 className="font-semibold text-md">{hostNames[side]}</h3>
      <dl className="mt-2 grid gap-1.5 text-sm">
        {linesOf({ view, hostNames, side }).map((line) => (
          <div key={line.label} className="flex flex-wrap justify-between gap-x-4">
            <dt className="text-ink3">{line.label}</dt>
            <dd className="text-right">
              <Aged at={line.at}>{line.value ?? 'unknown'}</Aged>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

/** What this side says from here, and what the other side says of it. */
function linesOf({ view, hostNames, side }: SideProps): readonly HostFact[] {
  const { observation, verdict } = view
  const host = observation?.hosts[side]
  const other = observation?.hosts[otherRole(side)].machine
  const ssh: HostFact = { label: 'SSH from here', ...answer(host?.machine, 'answers') }
  const from = hostNames[otherRole(side)]
  const at = other?.seen ? other.at : null
  if (!view.pair.scope.database) {
    const peer = other?.seen ? other.value.peerSsh : null
    return [
      ssh,
      { label: `SSH from ${from}`, value: peer ? peerWords[peer] : 'not asked', at },
      { label: 'Says that it is', value: looksLike(host, false), at: host?.machine.at ?? null },
    ]
  }
  const peer = other?.seen ? other.value.peerPostgres : null
  const common: readonly HostFact[] = [
    ssh,
    {
      label: 'PostgreSQL from here',
      ...answer(host?.server, `answers, looks like ${looksLike(host, true)}`),
    },
    {
      label: `PostgreSQL from ${from}`,
      value: peer ? peerWords[peer] : 'not asked',
      at,
    },
    { label: 'Timeline, LSN', ...position(view, side) },
  ]
  if (side === 'primary') return common
  return [
    ...common,
    { label: 'DB last updated', value: standbyUpdatedText(view), at: host?.server.at ?? null },
    {
      label: 'Replay behind what is known',
      value: verdict && distanceText(verdict.lag.replay),
      at: verdict?.lag.primaryLsnAt ?? null,
    },
  ]
}

function answer<T>(seen: Seen<T> | undefined, words: string): Pick<HostFact, 'value' | 'at'> {
  if (!seen) return { value: 'not seen yet', at: null }
  return seen.seen ? { value: words, at: seen.at } : { value: seen.why.message, at: seen.at }
}

/** Where its WAL stands; of a primary that does not answer, where it was last seen. */
function position(view: PairView, side: Role): Pick<HostFact, 'value' | 'at'> {
  const server = view.observation?.hosts[side].server
  if (server?.seen) {
    const { timeline, currentLsn, replayedLsn } = server.value
    return { value: `${timeline} · ${currentLsn ?? replayedLsn ?? 'none'}`, at: server.at }
  }
  const lag = view.verdict?.lag
  if (side === 'standby' || !lag?.primaryLsn) return { value: null, at: null }
  return { value: lag.primaryLsn, at: lag.primaryLsnAt }
}
