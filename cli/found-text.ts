import { checksText } from '@/cli/plan-text'
import type { Adoption } from '@/lib/domain/adopt/adoption'
import { isOwn } from '@/lib/domain/adopt/adoption'
import type { FoundReplication } from '@/lib/domain/adopt/found-replication'
import type { FoundReplicationView } from '@/lib/domain/views'

/** What was found, each with what it was recognised by. */
const findingsText = ({ findings }: Pick<FoundReplication, 'findings'>): string =>
  findings
    .map(({ title, sentence, evidence }) =>
      [`${title}: ${sentence}`, ...evidence.map((line) => `      ${line}`)].join('\n'),
    )
    .join('\n')

/** What replicates between two hosts that are no pair, and the pair that it would be. */
export function foundText({ found, checks, proposal }: FoundReplicationView): string {
  const { directories, walKeepSegments, slotWalSegments } = proposal.settings
  return [
    `Found\n${findingsText(found)}`,
    `Checks\n${checksText(checks)}`,
    [
      'The pair as it is',
      `WAL kept: ${walKeepSegments} segments, ${slotWalSegments == null ? 'no slot' : `a slot that holds back ${slotWalSegments} at most`}`,
      ...directories.map(({ id, path, schedule }) => `${id}: ${path}, ${schedule}`),
      ...(directories.length === 0 ? ['No directory is copied.'] : []),
    ].join('\n'),
  ].join('\n\n')
}

/** What of an observed pair is not taken over yet, as it was found. */
export function observedText(adoption: Adoption): string {
  const left = adoption.found.findings.filter(({ piece }) => !isOwn({ adoption }, piece))
  return left.length > 0 ? `Found\n${findingsText({ findings: left })}` : ''
}
