import { addressAsNetwork, monitorRole, replicationRole } from '@/lib/domain/pair-names'

const beginOf = (slug: string) => `# BEGIN understudy ${slug} (managed: changes between these lines are lost)`
const endOf = (slug: string) => `# END understudy ${slug}`

/**
 * Lines for `pg_hba.conf`. They stand first in the file, because the first line that matches a connection decides
 * (PostgreSQL documentation 21.1). The other host may replicate, over TLS alone where the server has it; the
 * monitoring role comes from the host itself only.
 */
export function hbaLines(options: {
  /** The other host, null where it need not connect yet. */
  replicationFrom: string | null
  isTls: boolean
}): readonly string[] {
  const replication =
    options.replicationFrom === null
      ? []
      : [
          `${options.isTls ? 'hostssl' : 'host'} replication ${replicationRole} ${addressAsNetwork(options.replicationFrom)} scram-sha-256`,
        ]
  return [
    ...replication,
    `local all ${monitorRole} scram-sha-256`,
    `host all ${monitorRole} 127.0.0.1/32 scram-sha-256`,
    `host all ${monitorRole} ::1/128 scram-sha-256`,
  ]
}

/** The file with the pair's block first and everything else byte for byte as it was. Twice is the same as once. */
export function putHbaBlock(content: string, slug: string, lines: readonly string[]): string {
  return `${[beginOf(slug), ...lines, endOf(slug)].join('\n')}\n${removeHbaBlock(content, slug)}`
}

/** The file without the pair's block: what it was before `putHbaBlock`, byte for byte. */
export function removeHbaBlock(content: string, slug: string): string {
  const begin = content.indexOf(beginOf(slug))
  if (begin === -1) return content
  const end = content.indexOf(`${endOf(slug)}\n`, begin)
  if (end === -1) throw new RangeError(`the managed block of ${slug} in pg_hba.conf has no end`)
  return content.slice(0, begin) + content.slice(end + endOf(slug).length + 1)
}

/** The lines of the pair's block; null where there is none. */
export function hbaBlockOf(content: string, slug: string): string[] | null {
  const lines = content.split('\n')
  const begin = lines.indexOf(beginOf(slug))
  const end = lines.indexOf(endOf(slug), begin)
  return begin === -1 || end === -1 ? null : lines.slice(begin + 1, end)
}

/** Lines of `pg_hba.conf` that PostgreSQL can't read: `line`, `error`. Reads the file, not what is loaded. */
export const hbaErrorsQuestion =
  'select line_number as line, error from pg_hba_file_rules where error is not null order by line_number'
