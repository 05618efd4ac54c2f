import { AppError } from '@/lib/errors'
import { refuseLink } from '@/lib/facts/log-chunk'

type LogMatch = { readonly offset: number; readonly text: string }
export type LogMatches = {
  readonly file: string
  readonly sizeBytes: number
  /** Lines that match in all. */
  readonly count: number
  /** The latest of them, oldest first. */
  readonly lines: readonly LogMatch[]
}

/** The answer of the command `searchLog`; null where there is no such file. Throws HOST_COMMAND_FAILED on a link and on anything else. */
export function parseLogSearch(output: string): LogMatches | null {
  if (output.startsWith('absent=1')) return null
  refuseLink(output)
  const match = /^file=(\d+:\d+)\nsize=(\d+)\n([A-Za-z0-9+/=]+)\s*$/.exec(output)
  const [, file = '', size = '', base64 = ''] = match ?? []
  const [head = '', ...rest] = Buffer.from(base64, 'base64').toString('utf8').split('\n')
  const count = /^count=(\d+)$/.exec(head)?.[1]
  const lines = rest.slice(0, -1).map(toMatch)
  if (!match || count === undefined || lines.some((line) => line === null))
    throw new AppError(
      'HOST_COMMAND_FAILED',
      'The host gave an answer that can’t be read as a search of a log.',
      {
        fix: 'Try again; look at the file on the host if it stays so.',
        detail: output.slice(0, 200),
      },
    )
  return { file, sizeBytes: Number(size), count: Number(count), lines: lines.flatMap((line) => line ?? []) }
}

function toMatch(line: string): LogMatch | null {
  const match = /^(\d+):(.*)$/s.exec(line)
  return match ? { offset: Number(match[1]), text: match[2] ?? '' } : null
}
