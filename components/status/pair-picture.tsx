'use client'
import { Aged } from '@/components/status/aged'
import { Ago } from '@/components/status/ago'
import { directoryLane } from '@/components/status/directory-lane'
import { type DirectoryState, directoryStates } from '@/components/status/directory-state'
import { type Flow, isWalMoving, walRate } from '@/components/status/flow'
import { HostCard } from '@/components/status/host-card'
import { primaryFacts, standbyFacts } from '@/components/status/host-facts'
import { Lane } from '@/components/status/lane'
import { standbyUpdatedText } from '@/components/status/last-updated'
import { distanceText, walLane } from '@/components/status/wal-lane'
import { Card } from '@/components/ui/card'
import { hasStandby } from '@/lib/domain/states'
import type { PairView } from '@/lib/domain/views'

/** The two hosts and what runs between them. */
export function PairPicture({ view, flow }: { view: PairView; flow: Flow }) {
  const { observation, hosts, pair, verdict } = view
  const hasDatabase = pair.scope.database
  const isLeftBehind = pair.formerPrimary !== 'none' && verdict !== null && !hasStandby(verdict.state)
  return (
    <Card aria-labelledby="picture-heading" className="p-3.5 sm:p-[18px]">
      <h2 id="picture-heading" className="sr-only">
        The two hosts and what runs between them
      </h2>
      <div className="grid items-stretch gap-4 lg:grid-cols-[minmax(300px,340px)_1fr_minmax(300px,340px)]">
        <HostCard
          expected="Primary"
          host={hosts.primary}
          observation={observation?.hosts.primary}
          facts={primaryFacts(view, walRate(flow))}
          hasDatabase={hasDatabase}
        />
        <Lanes view={view} flow={flow} />
        <HostCard
          expected={isLeftBehind ? 'Former primary' : 'Standby'}
          host={hosts.standby}
          observation={observation?.hosts.standby}
          facts={standbyFacts(hosts.standby, observation?.hosts.standby, standbyUpdatedText(view), view.pair)}
          hasDatabase={hasDatabase}
        />
      </div>
    </Card>
  )
}

function Lanes({ view, flow }: { view: PairView; flow: Flow }) {
  const { scope } = view.pair
  const wal = walLane(view, isWalMoving(flow))
  const directories = directoryStates(view)
  return (
    <ul
      aria-label={`Streams from ${view.hosts.primary.name} to ${view.hosts.standby.name}`}
      className="grid content-center gap-4"
    >
      {scope.database ? (
        <Lane title="WAL stream" tone={wal.tone} motion={wal.motion}>
          <Aged at={wal.at}>{wal.text}</Aged>
        </Lane>
      ) : null}
      {scope.files ? <DirectoryLanes view={view} directories={directories} /> : null}
      {view.verdict && scope.database ? <LagWords view={view} /> : null}
    </ul>
  )
}

/** For those who can't see the picture: the lanes' distances in one sentence. */
function LagWords({ view }: { view: PairView }) {
  const lag = view.verdict?.lag
  if (!lag) return null
  return (
    <li className="sr-only">
      Receive lag {distanceText(lag.receive)}, replay lag {distanceText(lag.replay)}.
    </li>
  )
}

const shownLanes = 4

/** What needs eyes first, then what moves; the rest in one lane. */
function DirectoryLanes(props: { view: PairView; directories: readonly DirectoryState[] }) {
  if (props.directories.length === 0) return null
  const weight = (each: DirectoryState) => (each.tone === 'warn' ? 0 : each.tone === 'busy' ? 1 : 2)
  const sorted = [...props.directories].sort((a, b) => weight(a) - weight(b))
  const single = sorted.length <= shownLanes ? sorted : sorted.slice(0, shownLanes - 1)
  const rest = sorted.slice(single.length)
  return (
    <>
      {single.map((each) => (
        <Lane key={each.setting.id} title={each.setting.title} {...directoryLane(props.view, each)}>
          <Ago at={each.lastGoodAt} never={each.tone === 'unknown' ? 'unknown' : 'never synced'} />
          {each.detail ? `, ${each.detail}` : ''}
        </Lane>
      ))}
      {rest[0] ? (
        <Lane title={`${rest.length} more directories`} {...directoryLane(props.view, rest[0])}>
          oldest <Ago at={oldestOf(rest)} never="unknown" />
        </Lane>
      ) : null}
    </>
  )
}

const oldestOf = (states: readonly DirectoryState[]) =>
  states
    .map((each) => each.lastGoodAt)
    .filter((at) => at !== null)
    .sort()[0] ?? null
