import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { AppError } from '@/lib/errors'

/** The places that a new standby's data passes through, and whether a server runs in the final one. */
export type StandbyPlaces = {
  readonly hasData: boolean
  /** First line of `standby.signal` in the data directory; null without that file. */
  readonly dataSignal: string | null
  readonly hasCopy: boolean
  readonly copySignal: string | null
  readonly hasAside: boolean
  /** The old data is aside in whole or in part. */
  readonly hasAsideBegun: boolean
  readonly isRunning: boolean
}

/**
 * Lines `key=value`, asked as the database's owner. pg_ctl status: exit code 0 while a server runs. In a data directory that is
 * the root of a file system `global` tells whether the data is there: it is moved first or last (`move-directory.ts`).
 */
export const standbyPlacesQuestion = (given: {
  dataDirectory: string
  copy: string
  aside: string
  binDirectory: string
  isMount: boolean
}): Command =>
  asDatabaseOwner(sh`there() { [ -e "$2" ] && echo "$1=yes" || echo "$1=no"; }
signal() { [ -e "$2" ] && echo "$1=:$(head -n 1 "$2")" || echo "$1="; }
there data ${given.isMount ? `${given.dataDirectory}/global` : given.dataDirectory}
signal data_signal ${`${given.dataDirectory}/standby.signal`}
there copy ${given.copy}
signal copy_signal ${`${given.copy}/standby.signal`}
there aside ${given.isMount ? `${given.aside}/global` : given.aside}
there aside_begun ${given.aside}
${`${given.binDirectory}/pg_ctl`} -D ${given.dataDirectory} status >/dev/null 2>&1 && echo running=yes || echo running=no`)

/** Parses `standbyPlacesQuestion`. Throws HOST_COMMAND_FAILED on another form. */
export function parseStandbyPlaces(text: string): StandbyPlaces {
  const lines = text.split('\n')
  const read = (key: string): string => {
    const line = lines.find((candidate) => candidate.startsWith(`${key}=`))
    if (line !== undefined) return line.slice(key.length + 1)
    throw new AppError('HOST_COMMAND_FAILED', 'The standby answered in a form that is not known.', {
      fix: 'Resume the operation; report this if it happens again.',
      detail: `no line “${key}”`,
    })
  }
  const signalOf = (key: string) => (read(key).startsWith(':') ? read(key).slice(1) : null)
  return {
    hasData: read('data') === 'yes',
    dataSignal: signalOf('data_signal'),
    hasCopy: read('copy') === 'yes',
    copySignal: signalOf('copy_signal'),
    hasAside: read('aside') === 'yes',
    hasAsideBegun: read('aside_begun') === 'yes',
    isRunning: read('running') === 'yes',
  }
}
