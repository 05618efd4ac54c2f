'use client'
import { useState } from 'react'
import { Card } from '@/components/ui/card'
import { CheckboxField, TextField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { toCreateInput } from '@/components/wizard/create/create-answers'
import type { StepProps } from '@/components/wizard/create/create-wizard'
import { DatabaseFields } from '@/components/wizard/create/database-fields'
import { DirectoriesCard } from '@/components/wizard/create/directories-card'
import { FenceReturnedChoice } from '@/components/wizard/fence-returned-choice'
import { WizardFooter } from '@/components/wizard/wizard-footer'
import { formatBytes } from '@/lib/domain/format-bytes'
import type { ProfileSummary } from '@/lib/domain/views'

const segmentBytes = 16 * 1024 * 1024

const packageWords = ({ system, pip }: ProfileSummary['packages']) =>
  [system ? 'the system’s packages' : '', pip ? 'Python packages' : ''].filter(Boolean).join(' and ')

/** The fourth step: the pair's name, what is in its scope, and how often each directory is pulled. */
export function ProfileStep({ answers, draft, profiles, hostNames }: StepProps) {
  const [tried, setTried] = useState(false)
  const profile = profiles.find((each) => each.id === answers.profileId)
  const errors = toCreateInput(answers).fields ?? {}
  const shown = (path: string) => (tried ? errors[path] : undefined)
  const isFine = Object.keys(errors).length === 0
  const segments = Number(answers.walKeepSegments)
  return (
    <div className="grid grid-cols-1 gap-4">
      <Card className="grid gap-4 p-4 lg:grid-cols-2">
        <TextField
          label="Name of the pair"
          mono
          hint="Lower-case letters, digits and dashes. It stands in addresses and in file names on the hosts."
          value={answers.slug}
          error={shown('slug')}
          onChange={(event) => draft.change({ slug: event.target.value })}
        />
        <TextField
          label="WAL segments kept on the primary"
          inputMode="numeric"
          hint={
            segments > 0
              ? `${formatBytes(segments * segmentBytes)} of disk on the primary: what the standby may miss and still catch up.`
              : 'For a standby that is away for a while.'
          }
          value={answers.walKeepSegments}
          error={shown('settings.walKeepSegments')}
          onChange={(event) => draft.change({ walKeepSegments: event.target.value })}
        />
        <fieldset className="grid gap-2.5 lg:col-span-2">
          <legend className="mb-2 font-[570] text-sm">Scope</legend>
          <CheckboxField
            label="Database"
            hint="PostgreSQL, streamed as it is written"
            checked={answers.scope.database}
            onChange={(event) =>
              draft.change({ scope: { ...answers.scope, database: event.target.checked } })
            }
          />
          <CheckboxField
            label="Files"
            hint={`${profile?.directories.length ?? 0} directories of the profile ${profile?.title ?? ''}, pulled by the standby`}
            checked={answers.scope.files}
            error={shown('scope')}
            onChange={(event) => draft.change({ scope: { ...answers.scope, files: event.target.checked } })}
          />
          {profile && (profile.packages.system || profile.packages.pip) ? (
            <CheckboxField
              label="Packages"
              hint={`${packageWords(profile.packages)}: what the primary has and the standby lacks is installed there; nothing is removed or changed`}
              checked={answers.scope.packages === true}
              onChange={(event) =>
                draft.change({ scope: { ...answers.scope, packages: event.target.checked } })
              }
            />
          ) : null}
        </fieldset>
        {answers.scope.database ? (
          <div className="lg:col-span-2">
            <FenceReturnedChoice
              hostName={answers.primary.name || 'the old primary'}
              value={answers.fenceReturned}
              onChange={(fenceReturned) => draft.change({ fenceReturned })}
            />
          </div>
        ) : null}
      </Card>
      {answers.scope.database ? (
        <DatabaseFields answers={answers} draft={draft} hostNames={hostNames} errorOf={shown} />
      ) : null}
      {answers.scope.files ? (
        <DirectoriesCard
          ofProfile={profile?.directories ?? []}
          chosen={answers.directories ?? []}
          error={shown('settings.directories')}
          errorOf={(index) => shown(`settings.directories.${index}.schedule`)}
          onChange={(directories) => draft.change({ directories })}
        />
      ) : null}
      {tried && !isFine ? (
        <Notice tone="bad" role="alert" title="Something is missing or not right.">
          {Object.values(errors).join(' ')}
        </Notice>
      ) : null}
      <WizardFooter
        onBack={() => draft.go('found')}
        onNext={() => {
          setTried(true)
          return isFine ? draft.go('preflight') : undefined
        }}
      />
    </div>
  )
}
