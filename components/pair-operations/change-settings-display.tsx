import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queries } from '@/components/data/queries'
import type { ChosenOptions, PairOperationDisplay } from '@/components/pair-operations/pair-operation-display'
import { SettingsFields } from '@/components/pair-operations/settings-fields'
import { Button } from '@/components/ui/button'
import { DirectoriesCard } from '@/components/wizard/create/directories-card'
import type { Pair } from '@/lib/domain/pair'
import { type Changeable, diffWords, settingsDiff } from '@/lib/domain/settings-change'
import type { PairView } from '@/lib/domain/views'

const settingsOf = ({ scope, settings }: Pair): Changeable => ({
  scope: { ...scope, packages: scope.packages === true },
  settings: {
    ...settings,
    slotWalSegments: settings.slotWalSegments ?? null,
    fenceReturned: settings.fenceReturned ?? 'ask',
  },
})

type Props = {
  readonly view: PairView
  readonly options: ChosenOptions
  readonly onChange: (options: ChosenOptions) => void
}

/** The settings as they are to be. The hosts are asked when the plan is wanted, not at each key. */
function ChangeOptions({ view, onChange }: Props) {
  const { pair } = view
  const [wanted, setWanted] = useState(() => settingsOf(pair))
  const profiles = useQuery(queries.profiles())
  const profile = profiles.data?.find(({ id }) => id === pair.profileId)
  const lines = diffWords(settingsDiff(settingsOf(pair), wanted))
  return (
    <div className="grid gap-3">
      <SettingsFields pair={pair} wanted={wanted} onChange={setWanted} />
      {wanted.scope.files ? (
        <DirectoriesCard
          ofProfile={profile?.directories ?? []}
          chosen={wanted.settings.directories}
          error={undefined}
          errorOf={() => undefined}
          onChange={(directories) => setWanted({ ...wanted, settings: { ...wanted.settings, directories } })}
        />
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button kind="primary" disabled={lines.length === 0} onClick={() => onChange({ ...wanted })}>
          Show the plan
        </Button>
        <p className="text-ink2 text-sm">
          {lines.length === 0 ? 'Nothing is changed yet.' : lines.join(' · ')}
        </p>
      </div>
    </div>
  )
}

export const changeSettingsDisplay: PairOperationDisplay = {
  titleOf: ({ pair }) => `Change settings of ${pair.slug}`,
  about: ({ hosts }) => (
    <>
      What is changed is changed on <b className="font-semibold">{hosts.primary.name}</b> and{' '}
      <b className="font-semibold">{hosts.standby.name}</b>, step by step; the pair is not made anew.
    </>
  ),
  button: () => 'Change the settings',
  kind: 'primary',
  Options: ChangeOptions,
  firstOptions: ({ pair }) => ({ ...settingsOf(pair) }),
}
