'use client'
import { Download, Pause, Play } from 'lucide-react'
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs'
import { useState } from 'react'
import { LogBody } from '@/components/logs/log-body'
import { RunField, RunNotice } from '@/components/logs/run-field'
import { downloadAddress, type LogSource } from '@/components/logs/use-log'
import { WholeSearch } from '@/components/logs/whole-search'
import { Button, buttonClass } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { SelectField, TextField } from '@/components/ui/field'
import { loudnessAsked } from '@/lib/domain/log-severity'
import type { LogFileView } from '@/lib/domain/views'

/** One log file: followed, searched, filtered, downloaded. Where it is read stands in the address. */
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
    parseAsStringLiteral(loudnessAsked).withDefault('all'),
  )
  const [chosenRun, setRun] = useQueryState('run')
  const [at, setAt] = useQueryState('at', parseAsInteger.withOptions({ history: 'push' }))
  const run = hasRuns ? chosenRun : null
  const follows = isFollowing && at === null
  const follow = () => {
    setFollowing(!follows)
    void setAt(null)
  }
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
          onChange={(event) => setSeverity(loudnessAsked.find((each) => each === event.target.value) ?? null)}
        >
          <option value="all">every line</option>
          <option value="warning">warnings and errors</option>
          <option value="error">errors</option>
        </SelectField>
        {hasRuns ? <RunField source={source} run={run} onRun={setRun} /> : null}
        <Button aria-pressed={follows} onClick={follow}>
          {follows ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          {follows ? 'Following' : 'Follow'}
        </Button>
        <a href={downloadAddress(source)} download className={buttonClass({})}>
          <Download aria-hidden="true" />
          Download
        </a>
      </div>
      <WholeSearch
        key={`${search} ${severity}`}
        source={source}
        asked={{ text: search, loudness: severity }}
        at={at}
        onOpen={setAt}
      />
      {run ? <RunNotice source={source} run={run} /> : null}
      <LogBody
        key={`${at ?? 'end'} ${run ?? ''}`}
        {...{ source, file, hostName, run, search, severity, at }}
        isFollowing={follows}
        onAtEnd={setFollowing}
      />
    </Card>
  )
}
