import { Card, CardHead } from '@/components/ui/card'
import { TextField } from '@/components/ui/field'
import type { StepProps } from '@/components/wizard/create/create-wizard'

import { formatBytes } from '@/lib/domain/format-bytes'

const segmentBytes = 16 * 1024 * 1024

/** How the standby's database is made, where the database is in the scope. */
export function DatabaseFields({
  answers,
  draft,
  hostNames,
  errorOf,
}: Pick<StepProps, 'answers' | 'draft' | 'hostNames'> & { errorOf: (path: string) => string | undefined }) {
  const segments = Number(answers.slotWalSegments)
  return (
    <Card aria-labelledby="wizard-database">
      <CardHead id="wizard-database" title="Database" />
      <div className="grid gap-4 p-4 lg:grid-cols-2">
        <TextField
          label="WAL segments that a slot may hold back"
          inputMode="numeric"
          placeholder="no slot"
          hint={
            segments > 0
              ? `A replication slot keeps up to ${formatBytes(segments * segmentBytes)} for the standby, and no more.`
              : 'Empty: no replication slot. With one the primary keeps what the standby still needs, up to this limit.'
          }
          value={answers.slotWalSegments}
          error={errorOf('settings.slotWalSegments')}
          onChange={(event) => draft.change({ slotWalSegments: event.target.value })}
        />
        <TextField
          label={`Old data of ${hostNames.standby} goes to`}
          mono
          placeholder="beside the new"
          hint="A directory on the same file system. Empty: beside the new data, under another name."
          value={answers.oldDataDirectory}
          error={errorOf('oldDataDirectory')}
          onChange={(event) => draft.change({ oldDataDirectory: event.target.value })}
        />
      </div>
    </Card>
  )
}
