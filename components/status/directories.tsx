'use client'
import { CircleCheck, CircleHelp, RefreshCw, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Aged } from '@/components/status/aged'
import { Ago, Until } from '@/components/status/ago'
import { type DirectoryState, describeSync, directoryStates } from '@/components/status/directory-state'
import { RunTrend } from '@/components/status/run-trend'
import { SyncNow } from '@/components/status/sync-now'
import { RepairFiles, Verified } from '@/components/status/verified'
import { Card, CardHead } from '@/components/ui/card'
import { cn } from '@/components/ui/cn'
import { linkClass } from '@/components/ui/link-class'
import { toneText } from '@/components/ui/pill'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { formatBytes } from '@/lib/domain/format-bytes'
import { formatDuration } from '@/lib/domain/format-duration'
import type { PairView } from '@/lib/domain/views'
import { routes } from '@/lib/routes'

/** Every synced directory: a table where there is room, a list of the same facts where there is not. */
export function Directories({ view }: { view: PairView }) {
  const states = directoryStates(view)
  if (!view.pair.scope.files) return null
  if (states.length === 0) return <NoDirectories view={view} />
  return (
    <Card aria-labelledby="directories-heading" className="min-w-0">
      <CardHead id="directories-heading" title="Directories">
        <span>{describeSync(view)}</span>
        <SyncNow view={view} />
      </CardHead>
      <Table className="max-md:hidden" aria-labelledby="directories-heading">
        <thead>
          <tr>
            <Th className="pl-4">Directory</Th>
            <Th className="whitespace-nowrap text-right">Last good sync</Th>
            <Th className="text-right">Next run</Th>
            <Th className="text-right">Took</Th>
            <Th className="text-right">Copied</Th>
            <Th className="text-right">Deleted</Th>
            <Th className="text-right">Failures</Th>
            <Th className="text-right">Verified</Th>
            <Th>Runs</Th>
            <Th>State</Th>
            <Th className="pr-4 text-right">Log</Th>
          </tr>
        </thead>
        <tbody>
          {states.map((state) => (
            <DirectoryRow key={state.setting.id} state={state} view={view} />
          ))}
        </tbody>
      </Table>
      <ul className="md:hidden">
        {states.map((state) => (
          <DirectoryItem key={state.setting.id} state={state} view={view} />
        ))}
      </ul>
    </Card>
  )
}

/** A pair that copies files, and names none: said, because a promotion would lose them all. */
function NoDirectories({ view: { pair, hosts } }: { view: PairView }) {
  return (
    <Card aria-labelledby="directories-heading" className="min-w-0">
      <CardHead id="directories-heading" title="Directories" />
      <p className="px-4 py-3 text-ink2 text-sm">
        No directory is copied to {hosts.standby.name}. What the application keeps in files would be missing
        there:{' '}
        <Link href={routes.pairOperation(pair.slug, 'change-settings')} className={linkClass}>
          name its directories
        </Link>
        .
      </p>
    </Card>
  )
}

/** The facts of one directory in words, for table and list alike. */
function cellsOf(state: DirectoryState) {
  const { lastGood, at } = state
  const tookSeconds = lastGood && (Date.parse(lastGood.endedAt) - Date.parse(lastGood.startedAt)) / 1000
  const aged = (text: ReactNode) => <Aged at={at}>{text}</Aged>
  return {
    took: tookSeconds === null ? '–' : aged(formatDuration(tookSeconds)),
    files: lastGood === null ? '–' : aged(lastGood.files.toLocaleString('en')),
    size: lastGood === null ? '–' : aged(formatBytes(lastGood.bytes)),
    deletions: lastGood === null ? '–' : aged(lastGood.deletions.toLocaleString('en')),
    failures: state.facts === null ? '–' : aged(state.failures),
    verified: <Verified state={state} />,
  }
}

function DirectoryRow({ state, view }: { state: DirectoryState; view: PairView }) {
  const { setting, tone, word } = state
  const cells = cellsOf(state)
  const isLate = tone === 'warn' && word !== 'differs'
  return (
    <Tr>
      <th scope="row" className="py-2.5 pr-3 pl-4 text-left font-normal">
        <span className="font-[570]">{setting.title}</span>
        <span className="text-ink3"> · {state.scheduleWords}</span>
        <span className="block font-mono text-ink3 text-xs [overflow-wrap:anywhere]">{setting.path}</span>
      </th>
      <Td className={cn('whitespace-nowrap text-right', isLate && 'font-semibold text-warn')}>
        <Ago at={state.lastGoodAt} never={tone === 'unknown' ? '–' : 'never'} bare />
      </Td>
      <Td className="whitespace-nowrap text-right text-ink2">
        <Until at={state.nextRunAt} never="–" />
      </Td>
      <Td className="whitespace-nowrap text-right">{cells.took}</Td>
      <Td className="whitespace-nowrap text-right">
        {cells.files}
        <span className="block text-ink3 text-xs">{cells.size}</span>
      </Td>
      <Td className="whitespace-nowrap text-right">{cells.deletions}</Td>
      <Td className={cn('text-right', state.failures > 0 && 'font-semibold text-warn')}>{cells.failures}</Td>
      <Td className="whitespace-nowrap text-right">{cells.verified}</Td>
      <Td className="whitespace-nowrap">
        <RunTrend slug={view.pair.slug} directory={setting.id} />
      </Td>
      <Td>
        <StateWord state={state} />
      </Td>
      <Td className="pr-4 text-right">
        <Ways state={state} view={view} className="justify-end" />
      </Td>
    </Tr>
  )
}

function DirectoryItem({ state, view }: { state: DirectoryState; view: PairView }) {
  const { setting } = state
  const cells = cellsOf(state)
  const facts: readonly [string, ReactNode][] = [
    ['Last good sync', <Ago key="ago" at={state.lastGoodAt} never="never" />],
    ['Next run', <Until key="until" at={state.nextRunAt} never="–" />],
    ['Took', cells.took],
    ['Files copied', cells.files],
    ['Bytes copied', cells.size],
    ['Deleted', cells.deletions],
    ['Failures', cells.failures],
    ['Verified', cells.verified],
    ['Runs', <RunTrend key="runs" slug={view.pair.slug} directory={setting.id} />],
    ['Schedule', state.scheduleWords],
  ]
  return (
    <li className="border-line border-b px-4 py-3 text-sm last:border-b-0">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="font-[570]">{setting.title}</h3>
          <p className="font-mono text-ink3 text-xs [overflow-wrap:anywhere]">{setting.path}</p>
        </div>
        <StateWord state={state} />
      </div>
      <dl className="mt-2 grid grid-cols-1 gap-x-6 gap-y-1 min-[26rem]:grid-cols-2">
        {facts.map(([label, value]) => (
          <div key={label} className="flex justify-between gap-2">
            <dt className="whitespace-nowrap text-ink3">{label}</dt>
            <dd className="text-right">{value}</dd>
          </div>
        ))}
      </dl>
      <Ways state={state} view={view} className="mt-2" />
    </li>
  )
}

const icons = { ok: CircleCheck, busy: RefreshCw, warn: TriangleAlert, unknown: CircleHelp } as const

function StateWord({ state: { word, detail, tone } }: { state: DirectoryState }) {
  const Icon = tone === 'ok' || tone === 'busy' || tone === 'warn' ? icons[tone] : icons.unknown
  return (
    <span className={cn('inline-flex shrink-0 items-start gap-1.5 font-[550]', toneText[tone])}>
      <Icon className="mt-[3px] size-3.5 shrink-0" aria-hidden="true" strokeWidth={2.2} />
      <span>
        {word}
        {detail ? <span className="block whitespace-nowrap font-normal text-xs">{detail}</span> : null}
      </span>
    </span>
  )
}

/** What can be done from here: read its log, copy it now, and repair files of it that differ. */
function Ways(props: { state: DirectoryState; view: PairView; className: string }) {
  const { state, view, className } = props
  return (
    <div className={cn('flex flex-wrap items-baseline gap-x-4 gap-y-1', className)}>
      <LogLink state={state} slug={view.pair.slug} />
      <SyncNow view={view} of={state.setting} />
      <RepairFiles view={view} state={state} />
    </div>
  )
}

function LogLink({ state: { setting }, slug }: { state: DirectoryState; slug: string }) {
  return (
    <Link
      href={routes.logs(slug, setting.id)}
      className="whitespace-nowrap font-mono text-accent text-xs underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
      aria-label={`Log of ${setting.title}, ${setting.log}`}
    >
      {setting.log}
    </Link>
  )
}
