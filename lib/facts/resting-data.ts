import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { parseControlData } from '@/lib/facts/control-data'

/** What stands in a data directory, whether its server runs or not. */
export type RestingData = {
  readonly isRunning: boolean
  /** Null where pg_controldata can't read it. */
  readonly control: {
    readonly systemIdentifier: string
    readonly clusterState: string
    readonly timeline: number
    readonly redoLsn: string
    readonly hasChecksums: boolean
    readonly logsHints: boolean
  } | null
  /** Where the last record of its WAL begins, on the timeline of its last checkpoint; null where pg_waldump can't tell. */
  readonly lastLsn: string | null
  /** First line of `standby.signal`; null without that file. */
  readonly signal: string | null
}

/**
 * pg_controldata's lines behind `control:`, and before them lines `key=value`. pg_waldump ends with an error where the WAL ends (there is no
 * record any more): its last line before that is what is asked (PostgreSQL documentation, pg_waldump).
 */
export const restingDataQuestion = (given: { dataDirectory: string; binDirectory: string }): Command =>
  asDatabaseOwner(sh`d=${given.dataDirectory}; b=${given.binDirectory}
"$b/pg_ctl" -D "$d" status >/dev/null 2>&1 && echo running=yes || echo running=no
[ -e "$d/standby.signal" ] && echo "signal=:$(head -n 1 "$d/standby.signal")" || echo signal=
control=$(LC_ALL=C "$b/pg_controldata" -D "$d" 2>/dev/null)
redo=$(printf '%s\n' "$control" | sed -n "s/^Latest checkpoint's REDO location: *//p")
line=$(printf '%s\n' "$control" | sed -n "s/^Latest checkpoint's TimeLineID: *//p")
last=
[ -z "$redo" ] || last=$("$b/pg_waldump" -p "$d/pg_wal" -t "$line" -s "$redo" 2>/dev/null | tail -n 1 | sed -n 's/.* lsn: \\([0-9A-Fa-f]*\\/[0-9A-Fa-f]*\\),.*/\\1/p')
echo "last=$last"
echo control:
printf '%s\n' "$control"`)

/** `0/01D6A8D8`, as pg_waldump pads it, in PostgreSQL's own form. */
const plainLsn = (text: string): string =>
  text
    .split('/')
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join('/')

function toControl(text: string): RestingData['control'] {
  if (text.trim() === '') return null
  const { systemIdentifier, clusterState, timeline } = parseControlData(text)
  const read = (name: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? ''
  return {
    systemIdentifier,
    clusterState,
    timeline,
    redoLsn: read("Latest checkpoint's REDO location"),
    hasChecksums: !['', '0'].includes(read('Data page checksum version')),
    logsHints: read('wal_log_hints setting') === 'on',
  }
}

/** Parses `restingDataQuestion`. Throws HOST_COMMAND_FAILED on control data in a form that is not known. */
export function parseRestingData(text: string): RestingData {
  const [head = '', control = ''] = text.split('\ncontrol:\n')
  const read = (key: string) =>
    head
      .split('\n')
      .find((line) => line.startsWith(`${key}=`))
      ?.slice(key.length + 1) ?? ''
  const [signal, last] = [read('signal'), read('last')]
  return {
    isRunning: read('running') === 'yes',
    signal: signal.startsWith(':') ? signal.slice(1) : null,
    lastLsn: last === '' ? null : plainLsn(last),
    control: toControl(control),
  }
}
