import { isSchedule } from '@/lib/domain/schedule'

/** Words of crontab(5), EXTENSIONS, as five fields. */
const words: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

export type CronLine = {
  /** Five fields; null where it has none, as `@reboot`. */
  readonly schedule: string | null
  /** Where the table names one: system tables do. */
  readonly user: string | null
  /** What sh(1) is given: up to the first `%` that no backslash stands before, behind which its standard input begins. */
  readonly command: string
}

/** A line of a crontab; null for what runs nothing: a comment, a variable, an empty line. */
export function cronLine(line: string, namesUser: boolean): CronLine | null {
  const text = line.trimStart()
  if (text === '' || text.startsWith('#') || /^["']?[A-Za-z_]\w*["']?\s*=/.test(text)) return null
  const form = namesUser ? /^(@\w+|(?:\S+\s+){4}\S+)\s+(\S+)\s+(.*)$/s : /^(@\w+|(?:\S+\s+){4}\S+)()\s+(.*)$/s
  const found = form.exec(text)
  if (!found) return null
  const [, when = '', user = '', rest = ''] = found
  const fields = words[when] ?? when.replace(/\s+/g, ' ')
  return {
    schedule: isSchedule(fields) ? fields : null,
    user: user === '' ? null : user,
    command: rest.replace(/(?<!\\)%.*$/s, '').replaceAll('\\%', '%'),
  }
}

const calendars: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/^minutely$/, () => '* * * * *'],
  [/^hourly$/, () => '0 * * * *'],
  [/^daily$/, () => '0 0 * * *'],
  [/^weekly$/, () => '0 0 * * 1'],
  [/^(?:\*-\*-\* )?\*:0{1,2}\/(\d+)(?::0+)?$/, ([, minutes]) => `*/${minutes} * * * *`],
  [/^(?:\*-\*-\* )?\*:(\d{1,2})(?::0+)?$/, ([, minute]) => `${Number(minute)} * * * *`],
  [
    /^(?:\*-\*-\* )?(\d{1,2}):(\d{1,2})(?::0+)?$/,
    ([, hour, minute]) => `${Number(minute)} ${Number(hour)} * * *`,
  ],
  [/^(\d+) ?(?:m|min|minutes?)$/, ([, minutes]) => `*/${minutes} * * * *`],
]

/** When a timer of systemd runs (`OnCalendar=…`, `OnUnitActiveSec=…`), as cron would; null where it has no such form that is known. */
export function timerSchedule(settings: readonly string[]): string | null {
  for (const setting of settings) {
    const value = /^On(?:Calendar|UnitActiveSec)=(.*)$/.exec(setting)?.[1]?.trim() ?? ''
    for (const [form, toFields] of calendars) {
      const found = form.exec(value)
      const fields = found && toFields(found)
      if (fields && isSchedule(fields)) return fields
    }
  }
  return null
}
