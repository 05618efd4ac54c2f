import {
  type CronTable,
  foundLinesQuestion,
  holdFoundLines,
  releaseFoundLines,
  runningCopies,
} from '@/lib/commands/found-lines'
import { anyValue, type RootForm, rootForm } from '@/lib/commands/root-rights'
import { removeCopiedMarks } from '@/lib/commands/sync-sources'
import { disableUnit, enableUnit, killUnit, startUnit, stopUnit } from '@/lib/commands/systemd'
import type { FoundJob } from '@/lib/domain/adopt/found-replication'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { Pair } from '@/lib/domain/pair'
import { roles } from '@/lib/domain/pair'
import { copyingJobsQuestion } from '@/lib/facts/copying-jobs'
import { jobPaths } from '@/lib/operations/adopt/job-paths'

/** The lines of one table, and nothing else in it: made comments, and lines again. */
function tableForms(table: CronTable, jobs: readonly FoundJob[], slug: string): readonly RootForm[] {
  const digests = jobs.map(({ digest }) => digest)
  return [
    rootForm('Holds lines of jobs that copied before', holdFoundLines(table, digests, slug)),
    rootForm('Puts these lines back', releaseFoundLines(table, digests, slug)),
    rootForm('Whether these lines are held', foundLinesQuestion(table, digests, slug)),
  ]
}

const unitForms = (unit: string): readonly RootForm[] =>
  [stopUnit(unit), startUnit(unit), disableUnit(unit), enableUnit(unit)].map((command) =>
    rootForm(`Unit ${unit}`, command),
  )

/**
 * What taking over a pair that somebody else made does as root: with exactly the jobs and units that were found when it was observed. In
 * whichever role the host was found.
 */
export function adoptForms(
  { adoption, settings, slug }: Pick<Pair, 'adoption' | 'settings' | 'slug'>,
  at: PairPlaces,
): readonly RootForm[] {
  if (!adoption) return []
  const { jobs, managers } = adoption.found
  const timers = jobs.flatMap(({ place }) => (place.kind === 'timer' ? [place.timer] : []))
  const programs = [...new Set(managers.flatMap(({ unit }) => unit ?? []))]
  const tables = roles.flatMap((role) => {
    const here = jobs.filter((job) => job.role === role)
    const places = [...new Set(here.map(({ place }) => JSON.stringify(place)))]
    return places.flatMap((key) => {
      const inPlace = here.filter(({ place }) => JSON.stringify(place) === key)
      const place = inPlace[0]?.place
      return place && place.kind !== 'timer' ? tableForms(place, inPlace, slug) : []
    })
  })
  return [
    rootForm('What copies files there', copyingJobsQuestion(at)),
    ...tables,
    ...roles.flatMap((role) => {
      const here = jobs.filter((job) => job.role === role)
      return here.length > 0 ? [rootForm('Whether such a copy runs', runningCopies(at, jobPaths(here)))] : []
    }),
    ...[...new Set([...timers, ...programs])].flatMap(unitForms),
    ...programs.map((unit) => rootForm(`Ends what ${unit} leaves running`, killUnit(unit))),
    ...(settings.directories.length > 0
      ? [
          rootForm(
            'Takes away marks that copies brought',
            removeCopiedMarks(at, settings.directories, anyValue.mark),
          ),
        ]
      : []),
  ]
}
