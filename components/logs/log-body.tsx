'use client'
import { ArrowDown, ArrowUp, FileText } from 'lucide-react'
import { useMemo } from 'react'
import { allLines, filterLines, type LogLines, lineAt, linesOfRun } from '@/components/logs/log-lines'
import { LogView } from '@/components/logs/log-view'
import { type LogSource, useLog } from '@/components/logs/use-log'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Skeleton } from '@/components/ui/skeleton'
import { formatBytes } from '@/lib/domain/format-bytes'
import { type LoudnessAsked, severityOf } from '@/lib/domain/log-severity'
import type { LogFileView } from '@/lib/domain/views'

type BodyProps = {
  source: LogSource
  file: LogFileView
  hostName: string
  run: string | null
  search: string
  severity: LoudnessAsked
  /** Byte of the line around which the file is read; null: its end. */
  at: number | null
  isFollowing: boolean
  onAtEnd: (atEnd: boolean) => void
}

/** The lines of a log that are here. Around a place all are shown: what came before and after a line is why one goes there. */
export function LogBody(props: BodyProps) {
  const { source, file, hostName, run, search, severity, at } = props
  const { lines, error, loadEarlier, loadLater } = useLog(source, props.isFollowing, at)
  const everything = useMemo(() => (lines ? allLines(lines) : []), [lines])
  const shown = useMemo(() => {
    if (at !== null) return everything
    return filterLines(run ? linesOfRun(everything, run) : everything, { text: search, severity })
  }, [everything, run, search, severity, at])
  const isEmpty = everything.length === 0
  const chosen = lines && at !== null ? lineAt(lines, at) : run ? firstError(shown) : -1
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line border-b px-4 py-1.5 text-ink3 text-xs">
        <span className="font-mono [overflow-wrap:anywhere]">
          {hostName}:{file.path}
        </span>
        <span>{lines ? sizesOf(lines, shown.length, everything.length) : 'reading…'}</span>
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
        <Empty icon={FileText} title={isEmpty ? 'The log is empty' : 'No line matches'}>
          {emptyText(isEmpty, run !== null)}
        </Empty>
      ) : null}
      {shown.length > 0 ? (
        <LogView
          lines={shown}
          search={search}
          chosen={chosen}
          isFollowing={props.isFollowing && chosen < 0}
          label={`Lines of ${file.title} on ${hostName}`}
          onAtEnd={props.onAtEnd}
        />
      ) : null}
      {lines && at !== null && lines.nextOffset < lines.sizeBytes ? (
        <div className="border-line border-t px-3 py-1.5 text-center">
          <Button kind="ghost" size="small" onClick={loadLater}>
            <ArrowDown aria-hidden="true" />
            Later lines ({formatBytes(lines.sizeBytes - lines.nextOffset)} behind)
          </Button>
        </div>
      ) : null}
    </>
  )
}

/** What made a run fail is what one looks for in it. */
const firstError = (lines: readonly string[]) => lines.findIndex((line) => severityOf(line) === 'error')

const sizesOf = ({ sizeBytes, rotations }: LogLines, shown: number, all: number): string =>
  `${shown} of ${all} lines, ${formatBytes(sizeBytes)}${rotations > 0 ? ', rotated while open' : ''}`

function emptyText(isEmpty: boolean, isRunChosen: boolean): string {
  if (isEmpty) return 'Nothing has been written to it yet.'
  return isRunChosen
    ? 'The run may lie before the lines that are loaded: load earlier ones, or change the filters.'
    : 'Search the whole file, or change what is shown.'
}
