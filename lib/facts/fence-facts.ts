import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { AppError } from '@/lib/errors'

/** What tells whether a host's PostgreSQL can come back as a writable primary. */
export type FenceFacts = {
  readonly isRunning: boolean
  /** First line of `standby.signal`; null without that file. */
  readonly signal: string | null
  /** First word of Debian's start.conf; null without that file. */
  readonly startConf: string | null
  /** Answer of `systemctl is-enabled`, empty without a unit. */
  readonly enabledState: string
}

export const fenceQuestion = (given: {
  dataDirectory: string
  binDirectory: string
  startConfPath: string
  unit: string | null
}): Command =>
  asDatabaseOwner(sh`d=${given.dataDirectory}; u=${given.unit ?? ''}
${`${given.binDirectory}/pg_ctl`} -D "$d" status >/dev/null 2>&1 && echo running=yes || echo running=no
[ -e "$d/standby.signal" ] && echo "signal=:$(head -n 1 "$d/standby.signal")" || echo signal=
echo "start_conf=$(sed -n 's/#.*//; s/[[:space:]]*$//; /^[a-z]/{p;q}' ${given.startConfPath} 2>/dev/null)"
echo "enabled=$([ -n "$u" ] && systemctl is-enabled -- "$u" 2>/dev/null)"`)

/** Parses `fenceQuestion`. Throws HOST_COMMAND_FAILED on another form. */
export function parseFence(text: string): FenceFacts {
  const read = (key: string): string => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${key}=`))
    if (line !== undefined) return line.slice(key.length + 1)
    throw new AppError('HOST_COMMAND_FAILED', 'The old primary answered in a form that is not known.', {
      fix: 'Resume the operation; report this if it happens again.',
      detail: `no line “${key}”`,
    })
  }
  const signal = read('signal')
  return {
    isRunning: read('running') === 'yes',
    signal: signal.startsWith(':') ? signal.slice(1) : null,
    startConf: read('start_conf') || null,
    enabledState: read('enabled'),
  }
}
