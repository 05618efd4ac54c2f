import type { Instant } from '@/lib/domain/observation'

/** What one of a profile's queries named, and which of these files a host lacks. */
export type RowFilesLook = {
  /** Of the query. */
  readonly id: string
  readonly title: string
  /** Title of the directory in which the files are looked for. */
  readonly directory: string
  /** Files that were looked for. */
  readonly files: number
  readonly missing: number
  /** Some of those that are missing, as rsync(1) prints names, below the directory. */
  readonly names: readonly string[]
  /** Names in rows that are no path in the directory, so that nothing was looked for. */
  readonly strange: number
  /** False where there was no time for the rest, or it could not be asked. */
  readonly isAll: boolean
  /** Why it could not be asked; empty where it could. */
  readonly why: string
}

/** Files that rows of the database refer to, as one host has both. */
export type RowFiles = {
  /** When the looking began, by the dashboard's clock. */
  readonly at: Instant
  readonly hostName: string
  readonly looks: readonly RowFilesLook[]
}

/** Names that are kept of each query's missing files. */
export const missingNamesMax = 100
const namedMax = 5

const grouped = new Intl.NumberFormat('en')
const filesOf = (count: number) => `${grouped.format(count)} ${count === 1 ? 'file' : 'files'}`

function missingWords({ title, directory, missing, names, isAll }: RowFilesLook, hostName: string): string {
  const few = names.slice(0, namedMax)
  const more = missing > few.length ? ` and ${grouped.format(missing - few.length)} more` : ''
  const count = `${isAll ? '' : 'at least '}${filesOf(missing)}`
  return `${title}: ${count} that rows refer to ${missing === 1 && isAll ? 'is' : 'are'} missing in ${directory} on ${hostName}: ${few.join(', ')}${more}.`
}

/** What was found of one query, in sentences. */
function lookSentences(found: RowFilesLook, hostName: string): readonly string[] {
  const { title, directory, files, missing, strange, isAll, why } = found
  const none = isAll
    ? `${title}: every file that rows refer to is in ${directory} on ${hostName} (${filesOf(files)}).`
    : `${title}: none of the first ${filesOf(files)} that rows refer to is missing in ${directory} on ${hostName}.`
  return [
    missing > 0 ? missingWords(found, hostName) : files > 0 || isAll ? none : '',
    why
      ? `${title}: whether ${files > 0 ? 'more' : 'files'} that rows refer to are missing on ${hostName} can’t be known: ${why}`
      : '',
    !isAll && !why ? `${title}: there was no time to look for the rest.` : '',
    strange > 0
      ? `${title}: ${grouped.format(strange)} ${strange === 1 ? 'row names' : 'names in rows are'} no path in ${directory}, and ${strange === 1 ? 'was' : 'were'} not looked for.`
      : '',
  ].filter(Boolean)
}

/** All of it in sentences, one for each thing that was found. */
export const rowFilesSentences = ({ looks, hostName }: RowFiles): readonly string[] =>
  looks.flatMap((found) => lookSentences(found, hostName))

/** Whether something is missing, or can't be told: what an operator should know before a promotion. */
export const isRowFilesNews = ({ looks }: RowFiles): boolean =>
  looks.some(({ missing, strange, isAll }) => missing > 0 || strange > 0 || !isAll)

/** The same as lines of a report, with every name that is kept. */
export const rowFilesLines = (found: RowFiles): readonly string[] => [
  ...rowFilesSentences(found),
  ...found.looks.flatMap(({ directory, names }) => names.map((name) => `Missing in ${directory}: ${name}`)),
]
