import { Card, CardHead } from '@/components/ui/card'
import { CheckboxField, TextField } from '@/components/ui/field'
import { Notice } from '@/components/ui/notice'
import { directoriesToChoose, withDirectory } from '@/components/wizard/create/choose-directories'
import type { DirectorySetting } from '@/lib/domain/pair'

/** Which directories of the profile the pair has, and how often each is pulled. */
export function DirectoriesCard(props: {
  ofProfile: readonly DirectorySetting[]
  chosen: readonly DirectorySetting[]
  error: string | undefined
  /** By its place among the chosen ones. */
  errorOf: (index: number) => string | undefined
  onChange: (directories: readonly DirectorySetting[]) => void
}) {
  const { ofProfile, chosen } = props
  const all = directoriesToChoose(ofProfile, chosen)
  const left = all.filter(({ id }) => !chosen.some((each) => each.id === id))
  return (
    <Card aria-labelledby="wizard-directories">
      <CardHead id="wizard-directories" title="Directories">
        five fields as in crontab: minute, hour, day, month, weekday
      </CardHead>
      <ul>
        {all.map((directory) => {
          const index = chosen.findIndex(({ id }) => id === directory.id)
          const { title, path, log, schedule } = chosen[index] ?? directory
          return (
            <li
              key={directory.id}
              className="grid items-center gap-x-4 gap-y-2 border-line border-b px-4 py-2.5 last:border-b-0 sm:grid-cols-[1fr_12rem]"
            >
              <CheckboxField
                label={title}
                hint={
                  <span className="font-mono text-xs [overflow-wrap:anywhere]">
                    {path} → {log}
                  </span>
                }
                checked={index >= 0}
                onChange={(event) =>
                  props.onChange(withDirectory(all, chosen, directory, event.target.checked))
                }
              />
              {index >= 0 ? (
                <TextField
                  label={<span className="sr-only">Schedule of {title}</span>}
                  mono
                  value={schedule}
                  error={props.errorOf(index)}
                  onChange={(event) =>
                    props.onChange(
                      chosen.map((each, at) =>
                        at === index ? { ...each, schedule: event.target.value } : each,
                      ),
                    )
                  }
                />
              ) : (
                <p className="text-ink3 text-sm">left out</p>
              )}
            </li>
          )
        })}
      </ul>
      {props.error ? <p className="px-4 pb-3 text-bad text-sm">{props.error}</p> : null}
      {left.length > 0 ? (
        <Notice
          tone="warn"
          className="m-4 mt-0"
          title={`Left out: ${left.map(({ title }) => title).join(', ')}.`}
        >
          After a promotion the new primary has what it had itself there, nothing newer.
        </Notice>
      ) : null}
    </Card>
  )
}
