import { applicationCommands } from '@/lib/commands/application'
import { type Kit, type KitStep, kitDirectory } from '@/lib/commands/break-glass/kit'
import { buildRunbook } from '@/lib/commands/break-glass/runbook'
import { buildPromoteScript } from '@/lib/commands/break-glass/script'
import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'
import { releaseHeldLines, takeOutCrontabBlock } from '@/lib/commands/crontab'
import { disableStart } from '@/lib/commands/fence'
import type { FileToWrite } from '@/lib/commands/file'
import { hookCommand } from '@/lib/commands/hook-command'
import { startPostgres, stopPostgres } from '@/lib/commands/postgres-server'
import { copyGraceMs, endCopies, stopSchedule } from '@/lib/commands/sync-runs'
import type { Host } from '@/lib/domain/host'
import { pairPlaces } from '@/lib/domain/host-places'
import type { Pair, Role } from '@/lib/domain/pair'
import type { PostgresLayout } from '@/lib/domain/postgres-layout'
import { copiedOf } from '@/lib/domain/settings-change'
import { heldApplication } from '@/lib/operations/application-of'
import { hasSync } from '@/lib/operations/sync-of'
import type { Profile } from '@/lib/profiles/schema'

/** What the kit of the standby rests on; `layouts` are null where the pair leaves its database out. */
export type KitGround = {
  readonly pair: Pair
  readonly profile: Profile
  readonly hosts: Readonly<Record<Role, Host>>
  readonly layouts: Readonly<Record<Role, PostgresLayout | null>>
}

/** No file flows onto the host any more, and none that is on its way. */
function stopSyncOf({ pair, hosts, profile }: Omit<KitGround, 'layouts'>): readonly KitStep[] {
  if (!hasSync({ pair, profile })) return []
  const at = pairPlaces(hosts.standby, pair.slug)
  const ids = copiedOf(pair).map(({ id }) => id)
  const commands =
    at.keeper === 'root'
      ? [stopSchedule(at, ids, copyGraceMs.dead)]
      : [takeOutCrontabBlock(at.slug), endCopies(at, ids, copyGraceMs.dead)]
  return commands.map((command) => ({ title: 'Stops the copying of files', command }))
}

/** What the host is for then: the application, and what the operator wants done. */
function serveOf({ pair, profile, hosts }: Omit<KitGround, 'layouts'>): readonly KitStep[] {
  const at = pairPlaces(hosts.standby, pair.slug)
  const { application, hooks } = profile
  const commands = applicationCommands(at, application)
  const addresses = { primary: hosts.standby.address, formerPrimary: hosts.primary.address }
  const isInCrontab = application.unit === null && at.keeper === 'login'
  return [
    ...(commands && isInCrontab
      ? [
          {
            title: 'Lets the crontab start the application at boot',
            command: releaseHeldLines(heldApplication(at.slug)),
          },
        ]
      : []),
    ...(commands?.start ?? []).map((command) => ({ title: 'Starts the application', command })),
    ...(commands?.check
      ? [
          {
            title: 'Sees that the application is healthy',
            command: commands.check,
            patienceSeconds: application.checkTimeoutSeconds,
            mayFail: true as const,
          },
        ]
      : []),
    ...hooks.promoted.map(({ title, command }) => ({
      title: `Hook: ${title}`,
      command: hookCommand(at, command, addresses),
      mayFail: true as const,
    })),
  ]
}

/** Typed on the old primary by whoever gets there: it does not come back writable. */
function fenceOf({ pair, profile, hosts, layouts }: KitGround): readonly Command[] {
  const at = pairPlaces(hosts.primary, pair.slug)
  const layout = layouts.primary
  const stopped = applicationCommands(at, profile.application)?.stop ?? []
  if (layout === null) return stopped
  const disabled = disableStart(layout)
  return [
    ...stopped,
    asDatabaseOwner(sh`touch ${`${layout.dataDirectory}/standby.signal`}`),
    ...(disabled ? [disabled] : []),
    stopPostgres(layout),
  ]
}

/** What the script rests on: what is known of the standby alone. */
export type ScriptGround = Omit<KitGround, 'layouts'> & {
  readonly layout: Pick<PostgresLayout, 'osUser' | 'binDirectory' | 'socketDirectory' | 'port'> | null
}

function kitOf(ground: ScriptGround): Kit {
  const { pair, profile, hosts, layout } = ground
  const { primary, standby } = hosts
  return {
    places: pairPlaces(standby, pair.slug),
    standby: { name: standby.name, address: standby.address, machineId: standby.machineId },
    primary: { name: primary.name, address: primary.address, sshPort: primary.port },
    database: layout && {
      osUser: layout.osUser,
      binDirectory: layout.binDirectory,
      socketDirectory: layout.socketDirectory,
      port: layout.port,
      primaryPort: profile.postgres.port,
    },
    stopSync: stopSyncOf(ground),
    serve: serveOf(ground),
  }
}

const fileIn = ({ places }: Kit, name: string, content: string, mode = '0644'): FileToWrite => ({
  path: `${kitDirectory(places)}/${name}`,
  content,
  mode,
  owner: places.owner,
  isSecret: false,
})

/** `promote.sh`: of the same pair always the same text, so that rights can name it. */
export function kitScript(ground: ScriptGround): FileToWrite {
  const kit = kitOf(ground)
  return fileIn(kit, 'promote.sh', buildPromoteScript(kit), '0755')
}

/** The files of the kit, as they lie on the standby. */
export function kitFiles(ground: KitGround): readonly FileToWrite[] {
  const { primary, standby } = ground.layouts
  const kit = kitOf({ ...ground, layout: standby })
  const byHand = { fence: fenceOf(ground), start: standby && startPostgres(standby) }
  return [
    kitScript({ ...ground, layout: standby }),
    fileIn(kit, 'RUNBOOK.md', buildRunbook(kit, byHand)),
    ...(primary ? [fileIn(kit, 'system-identifier', `${primary.systemIdentifier}\n`)] : []),
  ]
}
