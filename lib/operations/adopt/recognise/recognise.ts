import type { Finding, FindingOf, FoundReplication } from '@/lib/domain/adopt/found-replication'
import type { Proposal } from '@/lib/domain/adopt/proposal'
import type { FoundGround } from '@/lib/operations/adopt/recognise/ground'
import { foundJobs, jobFindings } from '@/lib/operations/adopt/recognise/jobs'
import { foundManagers, managerFindings, recogniseMaker } from '@/lib/operations/adopt/recognise/maker'
import { proposalOf } from '@/lib/operations/adopt/recognise/proposal'
import { foundStream, streamFindings, streamOfPair } from '@/lib/operations/adopt/recognise/stream'

export type Recognised = {
  readonly found: FoundReplication
  /** The pair as it is, in the words of a pair's settings. */
  readonly proposal: Proposal
}

const tellingOf = (piece: FindingOf['piece'], findings: readonly Finding[]): readonly FindingOf[] =>
  findings.map((finding) => ({ ...finding, piece }))

/**
 * What replicates between two hosts, who made that and what copies their files, each with what it is recognised by. From facts alone: the same
 * facts give the same answer. What could not be read is not concluded from.
 */
export function recognise(ground: FoundGround, now: Date): Recognised {
  const stream = foundStream(ground)
  const managers = foundManagers(ground)
  const jobs = foundJobs(ground)
  const { maker, finding } = recogniseMaker(stream, managers)
  return {
    found: {
      readAt: now.toISOString(),
      maker,
      findings: [
        ...tellingOf('replication', [
          finding,
          ...streamFindings(stream),
          ...managerFindings(managers, stream),
        ]),
        ...tellingOf('files', jobFindings(ground, jobs)),
      ],
      stream: streamOfPair(stream),
      jobs,
      managers,
    },
    proposal: proposalOf(ground, stream, jobs),
  }
}
