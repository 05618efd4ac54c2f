import { formatBytes } from '@/lib/domain/format-bytes'

/** What has changed in one directory of the primary since the last good sync began. */
export type NewerFiles = {
  readonly title: string
  /** Null where there was no good sync yet: then it is all of it. */
  readonly since: string | null
  /** Null where it could not be counted. */
  readonly count: { readonly files: number; readonly bytes: number; readonly isAll: boolean } | null
}

const grouped = new Intl.NumberFormat('en')

function countWords({ files, bytes, isAll }: NonNullable<NewerFiles['count']>): string {
  const least = isAll ? '' : 'at least '
  return `${least}${grouped.format(files)} ${files === 1 ? 'file' : 'files'} (${formatBytes(bytes)})`
}

const list = (directories: readonly NewerFiles[]) => directories.map(({ title }) => title).join(', ')

/** What is newer on the primary than on the standby, in sentences; `why` says why nothing could be asked, null where it could. */
export function newerFilesSentence(
  primaryName: string,
  directories: readonly NewerFiles[],
  why: string | null,
): string {
  if (directories.length === 0) return ''
  if (why !== null)
    return `Which files are newer on ${primaryName} than on the standby can’t be known: ${why}`
  const never = directories.filter(({ since }) => since === null)
  const copied = directories.filter(({ since }) => since !== null)
  const changed = copied.filter(({ count }) => count && (count.files > 0 || !count.isAll))
  const same = copied.filter(({ count }) => count?.isAll && count.files === 0)
  const uncounted = copied.filter(({ count }) => count === null)
  const parts = [
    ...changed.map(({ title, count }) => (count ? `${countWords(count)} of ${title}` : '')),
    ...(never.length > 0 ? [`all of ${list(never)} (never copied)`] : []),
  ]
  const newer =
    parts.length > 0
      ? [`Newer on ${primaryName} than the last good sync: ${parts.join(', ')}.`]
      : [
          `Nothing on ${primaryName} is newer than the last good sync${uncounted.length > 0 ? ' where it could be counted' : ''}.`,
        ]
  return [
    ...newer,
    ...(parts.length > 0 && same.length > 0 ? [`Nothing is newer in ${list(same)}.`] : []),
    ...(uncounted.length > 0 ? [`In ${list(uncounted)} it could not be counted.`] : []),
  ].join(' ')
}
