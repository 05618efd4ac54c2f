'use client'
import { ArrowUp, Download, FileText, Pause, Play } from 'lucide-react'
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { useMemo, useState } from 'react'
import { allLines, filterLines, linesOfRun } from '@/components/logs/log-lines'
import { LogView } from '@/components/logs/log-view'
import { RunField } from '@/components/logs/run-field'
import { downloadAddress, type LogSource, useLog } from '@/components/logs/use-log'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button, buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { SelectField, TextField } from '@/components/ui/field'
import { Skeleton } from '@/components/ui/skeleton'
import { formatBytes } from '@/lib/domain/format-bytes'
import type { LogFileView } from '@/lib/domain/views'

const severities = ['all', 'warning', 'error'] as const

/** One log file: followed, searched, filtered, downloaded. */
export function LogPanel(props: {
  source: LogSource
  file: LogFileView
  hostName: string
  /** The log of a directory on the host that pulls it: its runs are recorded there. */
  hasRuns: boolean
}) {
  const { source, file, hostName, hasRuns } = props
  const [isFollowing, setFollowing] = useState(true)
  const [search, setSearch] = useQueryState('q', parseAsString.withDefault(''))
  const [severity, setSeverity] = useQueryState(
    'severity',
    parseAsStringLiteral(severities).withDefault('all'),
  )
  const { lines, error, loadEarlier } = useLog(source, isFollowing)
  const everything = useMemo(() => (lines ? allLines(lines) : []), [lines])
  const [chosenRun, setRun] = useQueryState('run')
  const run = hasRuns ? chosenRun : null
  const shown = useMemo(
    () => filterLines(run ? linesOfRun(everything, run) : everything, { text: search, severity }),
    [everything, run, search, severity],
  )
  return (
    <Card aria-label={`${file.title} on ${hostName}`} className="min-w-0 overflow-hidden">
      <div className="flex flex-wrap items-end gap-3 border-line border-b px-4 py-3">
        <TextField
          label="Search"
          type="search"
          className="w-full sm:w-64"
          value={search}
          onChange={(event) => setSearch(event.target.value || null)}
        />
        <SelectField
          label="Show"
          className="w-44"
          value={severity}
          onChange={(event) => setSeverity(severities.find((each) => each === event.target.value) ?? null)}
        >
          <option value="all">every line</option>
          <option value="warning">warnings and errors</option>
          <option value="error">errors</option>
        </SelectField>
        {hasRuns ? <RunField source={source} run={run} onRun={setRun} /> : null}
        <Button aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
          {isFollowing ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          {isFollowing ? 'Following' : 'Follow'}
        </Button>
        <a href={downloadAddress(source)} download className={buttonClass({})}>
          <Download aria-hidden="true" />
          Download
        </a>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b px-4 py-1.5 text-ink3 text-xs">
        <span className="font-mono [overflow-wrap:anywhere]">
          {hostName}:{file.path}
        </span>
        <span>
          {lines
            ? `${shown.length} of ${everything.length} lines, ${formatBytes(lines.sizeBytes)}`
            : 'reading…'}
          {lines && lines.rotations > 0 ? ', rotated while open' : ''}
        </span>
      </div>
      {error ? (
        <div className="p-3">
          <ProblemNotice error={error} />
        </div>
      ) : null}
      {lines && lines.startOffset > 0 ? (
        <div className="border-line border-b px-3 py-1.5 text-center">
          <Button kind="ghost" size="small" onClick={loadEarlier}>
            <ArrowUp aria-hidden="true" />
            Earlier lines ({formatBytes(lines.startOffset)} before)
          </Button>
        </div>
      ) : null}
      {!lines && !error ? <Skeleton className="m-3 h-80" /> : null}
      {lines && shown.length === 0 ? (
        <Empty icon={FileText} title={everything.length === 0 ? 'The log is empty' : 'No line matches'}>
          {emptyText(everything.length === 0, run !== null)}
        </Empty>
      ) : null}
      {shown.length > 0 ? (
        <LogView
          lines={shown}
          search={search}
          isFollowing={isFollowing}
          label={`Lines of ${file.title} on ${hostName}`}
          onAtEnd={setFollowing}
        />
      ) : null}
    </Card>
  )
}

function emptyText(isEmpty: boolean, isRunChosen: boolean): string {
  if (isEmpty) return 'Nothing has been written to it yet.'
  return isRunChosen
    ? 'The run may lie before the lines that are loaded: load earlier ones, or change the filters.'
    : 'Change the search or what is shown.'
}
