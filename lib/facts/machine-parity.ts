import { z } from 'zod'
import { type Command, sh } from '@/lib/commands/command'
import { timeZoneText } from '@/lib/facts/machine-inventory'
import { toPairs, unreadableSurvey } from '@/lib/facts/machine-survey'

/** What of a machine must suit the other one before a copy is made. Null is what it does not say. */
export const machineParity = z.object({
  memoryBytes: z.number().nullable(),
  /** Memory that is set aside in huge pages. */
  hugePagesBytes: z.number(),
  /** E.g. `glibc 2.36`: the version of how it sorts text. */
  libc: z.string().nullable(),
  /** Names as locale(1) prints them; null where there is no such program. */
  locales: z.array(z.string()).readonly().nullable(),
  timeZone: z.string().nullable(),
  applicationVersion: z.string().nullable(),
  /** Programs that run and manage a cluster of servers. */
  clusterManagers: z.array(z.string()).readonly(),
})
export type MachineParity = z.infer<typeof machineParity>

/** Programs that promote, demote or restart servers by themselves, by the name of their process (15 characters at most). */
export const managerPrograms: readonly string[] = [
  'patroni',
  'repmgrd',
  'pg_autoctl',
  'stolon-keeper',
  'stolon-sentinel',
  'corosync',
  'pacemakerd',
]

/** Lines `key=value`, asked as the login user; values hold no newline. The version's command is the profile's, and bounded. */
export function machineParityQuestion(application: {
  readonly versionFile: string | null
  readonly versionCommand: string | null
}): Command {
  const { versionFile, versionCommand } = application
  const version =
    versionFile !== null
      ? sh`read -r x <${versionFile}; printf %s "$x"`
      : versionCommand !== null
        ? sh`timeout 5 sh -c ${versionCommand} | head -n 1`
        : sh`:`
  return sh`exec 2>/dev/null
show() { printf '%s=%s\n' "$1" "$2"; }
show memory "$(sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)"
show huge_pages "$(sed -n 's/^HugePages_Total: *//p' /proc/meminfo)"
show huge_size "$(sed -n 's/^Hugepagesize: *\\([0-9]*\\) kB$/\\1/p' /proc/meminfo)"
show libc "$(getconf GNU_LIBC_VERSION)"
show has_locale "$(command -v locale >/dev/null && echo yes || echo no)"
show locales "$(locale -a | tr '\n' ' ')"
show zone "$(${timeZoneText})"
show version "$(${version})"
show managers "$(ps -e -o comm= | grep -xF${{ ...sh``, text: managerPrograms.map((name) => ` -e ${name}`).join('') }} | sort -u | tr '\n' ' ')"
show end yes`
}

const toWords = (text: string | undefined) => (text ?? '').split(' ').filter((word) => word !== '')
const toKilobytes = (text: string | undefined) => (/^\d+$/.test(text ?? '') ? Number(text) * 1024 : null)

/** Parses `machineParityQuestion`. Throws HOST_COMMAND_FAILED where the answer is not whole. */
export function parseMachineParity(text: string): MachineParity {
  const pairs = toPairs(text)
  const parsed = machineParity.safeParse({
    memoryBytes: toKilobytes(pairs.get('memory')),
    hugePagesBytes: Number(pairs.get('huge_pages') || 0) * (toKilobytes(pairs.get('huge_size')) ?? 0),
    libc: pairs.get('libc') || null,
    locales: pairs.get('has_locale') === 'yes' ? toWords(pairs.get('locales')) : null,
    timeZone: pairs.get('zone') || null,
    applicationVersion: pairs.get('version') || null,
    clusterManagers: toWords(pairs.get('managers')),
  })
  if (!pairs.has('end')) throw unreadableSurvey('what must suit the other host', text.slice(0, 300))
  if (!parsed.success) throw unreadableSurvey('what must suit the other host', z.prettifyError(parsed.error))
  return parsed.data
}

/** A locale's name as the C library compares it: its character set in small letters and digits alone (`en_US.UTF-8` is `en_US.utf8`). */
export const plainLocale = (name: string): string =>
  name.replace(/\.[^@]*/, (charset) => `.${charset.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`)
