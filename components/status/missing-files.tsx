'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { apiClient } from '@/components/data/api-client'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Ago } from '@/components/status/ago'
import { Button } from '@/components/ui/button'
import { Card, CardHead } from '@/components/ui/card'
import { SelectField } from '@/components/ui/field'
import { otherRole, type Role, roles } from '@/lib/domain/pair'
import { type RowFiles, rowFilesSentences } from '@/lib/domain/row-files'
import type { PairView } from '@/lib/domain/views'

/** Whether files that rows of the database refer to are missing on a host: looked for when somebody asks. */
export function MissingFiles({ view }: { view: PairView }) {
  const [role, setRole] = useState<Role>('standby')
  const asked = useMutation({
    mutationFn: (host: Role) =>
      apiClient.post<RowFiles>(`/pairs/${encodeURIComponent(view.pair.slug)}/missing-files`, { host }),
  })
  return (
    <Card aria-labelledby="missing-files">
      <CardHead id="missing-files" title="Files that rows refer to">
        {view.rowFiles.join(', ')}
      </CardHead>
      <div className="grid gap-3 p-4">
        <p className="text-ink2 text-sm">
          The database of the host is asked, read only, which files its rows refer to, and whether they are
          there beside it. Rows arrive at once, files with the next copy: what is missing on the standby for a
          moment is no fault.
        </p>
        <div className="flex flex-wrap items-end gap-3">
          <SelectField
            label="On"
            value={role}
            onChange={({ target }) => setRole(target.value === role ? role : otherRole(role))}
          >
            {roles.toReversed().map((each) => (
              <option key={each} value={each}>
                {view.hosts[each].name}, the {each}
              </option>
            ))}
          </SelectField>
          <Button busy={asked.isPending} onClick={() => asked.mutate(role)}>
            Look for missing files
          </Button>
        </div>
        <ProblemNotice error={asked.error} />
        <div role="status">{asked.data ? <Found found={asked.data} /> : null}</div>
      </div>
    </Card>
  )
}

function Found({ found }: { found: RowFiles }) {
  return (
    <div className="grid gap-2 text-sm">
      {rowFilesSentences(found).map((sentence) => (
        <p key={sentence} className="[overflow-wrap:anywhere]">
          {sentence}
        </p>
      ))}
      {found.looks.map(({ id, names }) =>
        names.length > 0 ? (
          <ul key={id} className="max-h-80 overflow-auto font-mono text-xs [overflow-wrap:anywhere]">
            {names.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        ) : null,
      )}
      <p className="text-ink3 text-xs">
        Looked <Ago at={found.at} never="–" />
      </p>
    </div>
  )
}
