import { Card, CardHead } from '@/components/ui/card'
import { TextField } from '@/components/ui/field'
import type { StepProps } from '@/components/wizard/create/create-wizard'

/** How the standby's database is made, where the database is in the scope. */
export function DatabaseFields({
  answers,
  draft,
  hostNames,
  errorOf,
}: Pick<StepProps, 'answers' | 'draft' | 'hostNames'> & { errorOf: (path: string) => string | undefined }) {
  return (
    <Card aria-labelledby="wizard-database">
      <CardHead id="wizard-database" title="Database" />
      <div className="grid gap-4 p-4 lg:grid-cols-2">
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
