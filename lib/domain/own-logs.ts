import { packageKinds, packageListName, packageLogName } from '@/lib/domain/packages'

/** The transcript of all operations on a host, in the profile's log directory; named as in the seed. */
export const transcriptName = 'warm_standby.log'

/** By which the transcript is asked for among a pair's logs; other ids are those of directories. */
export const transcriptLogId = 'warm-standby'

/** Files that Understudy itself writes into a profile's log directory: no directory's log may be one of them. */
const ownLogNames: readonly string[] = [
  transcriptName,
  ...packageKinds.flatMap((kind) => [packageListName(kind), packageLogName(kind)]),
]

export const isOwnLogName = (name: string): boolean => ownLogNames.includes(name)

/** A directory of such an id would hide behind the log that has it. */
export const isOwnLogId = (id: string): boolean => id === transcriptLogId
