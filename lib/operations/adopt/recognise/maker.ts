import type { Finding, FoundManager, ReplicationMaker } from '@/lib/domain/adopt/found-replication'
import { makerWords } from '@/lib/domain/adopt/maker-words'
import type { Role } from '@/lib/domain/pair'
import { roles } from '@/lib/domain/pair'
import { managerPrograms } from '@/lib/facts/machine-parity'
import { type FoundGround, finding, type HostSeen, seenOf } from '@/lib/operations/adopt/recognise/ground'
import type { FoundStream } from '@/lib/operations/adopt/recognise/stream'

/** The program behind a unit's name: packages call repmgrd's `repmgrd`, `repmgr15` or `repmgr-15`. */
function programOf(name: string): string {
  if (name.startsWith('repmgr')) return 'repmgrd'
  if (name.startsWith('patroni')) return 'patroni'
  if (name.startsWith('pgautofailover') || name.startsWith('pg_autoctl')) return 'pg_autoctl'
  return name.replace(/\.service$/, '')
}

/** Programs that fail over by themselves: those that run, and those that systemd knows. */
export function foundManagers(ground: FoundGround): readonly FoundManager[] {
  return roles.flatMap((role) => managersOn(role, seenOf(ground, role)))
}

function managersOn(role: Role, { tools }: HostSeen): readonly FoundManager[] {
  if (!tools) return []
  const runs = (program: string) =>
    !managerPrograms.includes(program) || tools.processes.some((name) => programOf(name) === program)
  const ofUnits = tools.units.map(
    ({ name, activeState, enabledState }): FoundManager => ({
      role,
      program: programOf(name),
      unit: name,
      // A script of init counts as active whatever it did: that it runs is told by its process.
      isActive: ['active', 'activating'].includes(activeState) && runs(programOf(name)),
      isEnabled: enabledState === 'enabled' || enabledState === 'enabled-runtime',
    }),
  )
  const isByUnit = (program: string) => ofUnits.some((each) => each.program === program && each.isActive)
  const byHand = [...new Set(tools.processes.map(programOf))]
    .filter((program) => !isByUnit(program))
    .map((program): FoundManager => ({ role, program, unit: null, isActive: true, isEnabled: false }))
  return [...ofUnits, ...byHand]
}

/** Whether it would act by itself now or after a boot. */
export const isAtWork = ({ isActive, isEnabled }: FoundManager): boolean => isActive || isEnabled

const both = (found: FoundStream): readonly HostSeen[] => [found.primary, found.standby]

function repmgrEvidence(found: FoundStream): readonly string[] {
  return both(found).flatMap(({ host, tools, replication }) => [
    ...(tools?.repmgr.configFiles ?? []).map(
      (file) => `${host.name}: ${file}${tools?.repmgr.version ? `, repmgr ${tools.repmgr.version}` : ''}`,
    ),
    ...(replication?.hasRepmgrDatabase ? [`${host.name}: a database repmgr`] : []),
    ...(replication?.slots ?? [])
      .filter(({ name }) => /^repmgr_slot_\d+$/.test(name))
      .map(({ name }) => `${host.name}: a slot ${name}`),
    ...(replication?.settings.shared_preload_libraries?.setting.split(/\s*,\s*/).includes('repmgr')
      ? [`${host.name}: shared_preload_libraries names repmgr`]
      : []),
  ])
}

function clusterEvidence(
  found: FoundStream,
  managers: readonly FoundManager[],
  program: string,
): readonly string[] {
  const names = { primary: found.primary.host.name, standby: found.standby.host.name }
  const files = program === 'patroni' ? /patroni/ : /pg_autoctl/
  return [
    ...managers
      .filter((manager) => manager.program === program && isAtWork(manager))
      .map(
        ({ role, unit, isActive }) =>
          `${names[role]}: ${unit ?? program} ${isActive ? 'runs' : 'starts at boot'}`,
      ),
    ...both(found).flatMap(({ host, tools }) =>
      (tools?.clusterFiles ?? []).filter((file) => files.test(file)).map((file) => `${host.name}: ${file}`),
    ),
  ]
}

/**
 * The seed's script is known by itself, and by what only it leaves: its log, or copies of the directories that it copies. What it writes into
 * PostgreSQL's settings is not published.
 */
function seedEvidence(found: FoundStream): readonly string[] {
  const scripts = both(found).flatMap(({ host, tools }) =>
    (tools?.seedScripts ?? []).map((file) => `${host.name}: ${file}`),
  )
  const logs = both(found).flatMap(({ host, tools }) =>
    (tools?.seedLogs ?? []).map((file) => `${host.name}: ${file}`),
  )
  const jobs = both(found).flatMap(({ host, jobs }) =>
    (jobs?.jobs ?? [])
      .filter(({ line }) =>
        /rsync_(?:opt|vault|apps|app_states|etc_ssl_certs|playbooks|reports)|warm_standby/.test(line),
      )
      .map(({ line }) => `${host.name}: ${line}`),
  )
  return scripts.length > 0 && logs.length + jobs.length > 0 ? [...scripts, ...logs, ...jobs] : []
}

/**
 * What pg_basebackup -R writes: every option of the connection that has a value, also those that nobody types, into postgresql.auto.conf, and an
 * empty standby.signal (PostgreSQL documentation, pg_basebackup; `GenerateRecoveryConfig` in its source).
 */
function baseBackupEvidence({ standby, conninfo }: FoundStream): readonly string[] {
  const { host, replication, tools } = standby
  const file = replication?.settings.primary_conninfo?.file ?? ''
  const marks = ['krbsrvname', 'target_session_attrs', 'gssencmode', 'sslcompression'].filter((name) =>
    conninfo.has(name),
  )
  const isWritten = file.endsWith('/postgresql.auto.conf') && marks.length >= 2
  if (!isWritten || tools?.data?.signalBytes !== 0) return []
  return [
    `${host.name}: ${file} has a primary_conninfo with ${marks.join(', ')}`,
    `${host.name}: standby.signal is there and empty`,
    ...(tools.data.hasBackupLabel ? [`${host.name}: backup_label.old is there`] : []),
  ]
}

function handEvidence({ standby }: FoundStream): readonly string[] {
  const { host, replication, tools } = standby
  const file = replication?.settings.primary_conninfo?.file
  return [
    ...(file ? [`${host.name}: primary_conninfo stands in ${file}`] : []),
    ...(tools?.data?.signalBytes == null
      ? []
      : [`${host.name}: standby.signal has ${tools.data.signalBytes} bytes`]),
    `${host.name}: nothing of a tool that is known was found`,
  ]
}

export function recogniseMaker(
  found: FoundStream,
  managers: readonly FoundManager[],
): { readonly maker: ReplicationMaker; readonly finding: Finding } {
  const others = managers.filter(
    (manager) => isAtWork(manager) && !['patroni', 'pg_autoctl', 'repmgrd'].includes(manager.program),
  )
  const candidates: readonly (readonly [ReplicationMaker, readonly string[]])[] = [
    ['patroni', clusterEvidence(found, managers, 'patroni')],
    ['pg_auto_failover', clusterEvidence(found, managers, 'pg_autoctl')],
    ['other-manager', others.flatMap(({ program }) => clusterEvidence(found, managers, program))],
    ['repmgr', repmgrEvidence(found)],
    ['seed-script', seedEvidence(found)],
    ['pg_basebackup', baseBackupEvidence(found)],
  ]
  const [maker, evidence] =
    candidates.find(([, told]) => told.length > 0) ?? (['hand', handEvidence(found)] as const)
  const version =
    maker === 'repmgr' ? both(found).flatMap(({ tools }) => tools?.repmgr.version ?? [])[0] : undefined
  return {
    maker,
    finding: finding(
      'made-by',
      'Made',
      `Made ${makerWords[maker]}${version ? ` ${version}` : ''}.`,
      evidence,
    ),
  }
}

export function managerFindings(managers: readonly FoundManager[], found: FoundStream): readonly Finding[] {
  const names = { primary: found.primary.host.name, standby: found.standby.host.name }
  const working = managers.filter(isAtWork)
  if (working.length === 0) return []
  const programs = [...new Set(working.map(({ program }) => program))].join(', ')
  return [
    finding(
      'managers',
      'Fails over by itself',
      `${programs} would promote the standby without asking anybody.`,
      working.map(
        ({ role, program, unit, isActive, isEnabled }) =>
          `${names[role]}: ${unit ?? `a process ${program}`} ${[...(isActive ? ['runs'] : []), ...(isEnabled ? ['starts at boot'] : [])].join(' and ')}`,
      ),
    ),
  ]
}
