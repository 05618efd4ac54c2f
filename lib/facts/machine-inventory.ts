import { type Command, sh } from '@/lib/commands/command'
import { findCrontabBlock } from '@/lib/commands/crontab'
import type { PairPlaces } from '@/lib/domain/host-places'
import type { MachineFacts } from '@/lib/domain/observation'
import { parseAnswerLines } from '@/lib/facts/answer-lines'

/** What changes slowly and costs processes to find out. */
export type MachineInventory = Pick<
  MachineFacts,
  | 'timeZone'
  | 'dataDiskFreeBytes'
  | 'dataDiskTotalBytes'
  | 'applicationVersion'
  | 'applicationActive'
  | 'syncScheduled'
  | 'fileOwners'
>

export type InventoryTarget = {
  readonly places: Pick<PairPlaces, 'keeper' | 'slug'>
  /** Null while PostgreSQL has not said where its data is. */
  readonly dataDirectory: string | null
  readonly application: {
    readonly unit: string | null
    readonly versionFile: string | null
    /** Shell text of the profile; runs as the login user of the door. */
    readonly versionCommand: string | null
  }
  /** Synced directories whose owners are asked; where root copies them, whose copy keeps their numbers. */
  readonly directories?: readonly string[]
}

/** Shell text that prints the name of the machine's time zone; fails where there is none. */
export const timeZoneText: Command = sh`if read -r z </etc/timezone; then echo "$z"; else z=$(readlink -f /etc/localtime) && echo "\${z#*/zoneinfo/}"; fi`

/** Asked every twenty seconds or so. Every part bounds itself, so that a hanging file system costs its own fact only. */
export function machineInventory({
  places,
  dataDirectory,
  application,
  directories = [],
}: InventoryTarget): Command {
  const { unit, versionFile, versionCommand } = application
  const parts = [
    sh`exec 2>/dev/null`,
    sh`x=$(${timeZoneText}) && echo "time-zone $x"`,
    ...(dataDirectory === null
      ? []
      : [
          sh`timeout 1 stat -f -c 'disk %a %b %S' ${dataDirectory} || timeout 1 stat -f -c 'disk %a %b %S' "$(dirname ${dataDirectory})"`,
        ]),
    ...(directories.length === 0 || places.keeper !== 'root'
      ? []
      : [
          sh`timeout 1 stat -Lc 'uid %u %U' -- ${directories}; timeout 1 stat -Lc 'gid %g %G' -- ${directories}`,
        ]),
    ...(places.keeper === 'root' ? [] : [sh`${findCrontabBlock(places.slug)} && echo 'sync scheduled'`]),
    ...(unit === null
      ? []
      : [sh`echo "application $(timeout 1 systemctl show --value -p ActiveState ${unit})"`]),
    ...(versionFile === null
      ? []
      : [sh`x=$(timeout 1 head -n 1 ${versionFile}) && printf "%s\\n" "version $x"`]),
    ...(versionFile !== null || versionCommand === null
      ? []
      : [sh`x=$(timeout 1 sh -c ${versionCommand}) && echo "version $(echo "$x" | head -n 1)"`]),
    sh`exit 0`,
  ]
  return { ...sh``, text: parts.map(({ text }) => text).join('\n') }
}

export function parseMachineInventory(stdout: string): MachineInventory {
  const answers = parseAnswerLines(stdout)
  const disk = /^(\d{1,15}) (\d{1,15}) (\d{1,8})$/.exec(answers.get('disk')?.[0] ?? '')
  const [free, total, block] = (disk ?? []).slice(1).map(Number)
  const active = answers.get('application')?.[0]
  const [users, groups] = [ownersIn(answers.get('uid')), ownersIn(answers.get('gid'))]
  return {
    ...(users.length + groups.length > 0 ? { fileOwners: { users, groups } } : {}),
    timeZone: toTimeZone(answers.get('time-zone')?.[0]),
    dataDiskFreeBytes: free !== undefined && block ? free * block : null,
    dataDiskTotalBytes: total !== undefined && block ? total * block : null,
    syncScheduled: answers.has('sync'),
    applicationVersion: answers.get('version')?.[0]?.trim() || null,
    applicationActive: active ? active === 'active' || active === 'reloading' : null,
  }
}

/** Lines `NUMBER NAME`, each once; stat(1) writes UNKNOWN where there is no name. */
const ownersIn = (lines: readonly string[] = []) =>
  [...new Set(lines)].flatMap((line) => {
    const [, id, name] = /^(\d{1,10}) (.+)$/.exec(line) ?? []
    return id === undefined || name === undefined
      ? []
      : [{ id: Number(id), name: name === 'UNKNOWN' ? null : name }]
  })

/** A name that this machine's own tables know; else UTC. */
function toTimeZone(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name || 'UTC' }).resolvedOptions().timeZone
  } catch (error) {
    if (error instanceof RangeError) return 'UTC'
    throw error
  }
}
