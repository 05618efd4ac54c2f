import { ownRolesQuestion, pairRolesQuestion } from '@/lib/commands/postgres-roles'
import { slotHolderQuestion, slotQuestion } from '@/lib/commands/postgres-slot'
import { AppError } from '@/lib/errors'
import { replayLookQuestion } from '@/lib/facts/replay-look'
import { clientsQuestion } from '@/lib/facts/server-identity'
import type { Row } from '@/lib/ports/host-door'
import type { FolderHost } from '@/test/harness/folder-host'

/** The only file of WAL that there is. */
export const walFile = '000000010000000000000003'
export const dataDirectory = '/var/lib/postgresql/15/main'
/** Settings that take effect at a start; until then `pending` stands in the data directory. */
const startSettings = ['wal_level', 'listen_addresses', 'max_wal_senders', 'wal_log_hints']
const controlFile = `${dataDirectory}/global/pg_control`

/**
 * What PostgreSQL on a folder host answers. Its data is files: `control` (system identifier, timeline, LSN, rows) and what `role`
 * the last start gave it; so a copied data directory is a copied server.
 */
export class FolderServer {
  readonly roles = new Map<string, string>()
  readonly altered = new Map<string, string>()
  /** Physical replication slots. */
  readonly slots = new Set<string>()
  /** Lines of pg_hba.conf that it can't read. */
  hbaErrors: readonly Row[] = []
  receives = true
  /** Roles that it does not let in to replicate. */
  readonly refused = new Set<string>()
  /** As before PostgreSQL 13, a promotion does not end while it is. */
  isReplayPaused = false
  /** How many signals to promote it misses, as one whose stream was lost just now does; it wakes up and hears them 5 s later. */
  deafTo = 0
  /** What it has received waits to be replayed. */
  lagsBehind = false
  #wakesAt = Number.POSITIVE_INFINITY

  constructor(
    readonly host: FolderHost,
    identifier: string,
    readonly machineId: string,
  ) {
    host.answer = (text, params) => this.#answer(text, params)
    host.put('/etc/machine-id', `${machineId}\n`)
    host.put(`${dataDirectory}/role`, 'primary')
    host.put(`${dataDirectory}/old-data`, identifier)
    this.#writeControl({ identifier, timeline: '1', lsn: '0/3000060', rows: '' })
    host.put('/etc/postgresql/15/main/start.conf', 'auto\n')
    host.put('/etc/postgresql/15/main/pg_hba.conf', 'local all postgres peer\n', 0o640)
    for (const unit of ['postgresql@15-main.service', 'ledger.service']) {
      host.put(`/.units/${unit}/active`, '')
      host.put(`/.units/${unit}/enabled`, '')
    }
  }

  control(): Readonly<Record<string, string>> {
    const lines = this.host.read(controlFile).trim().split('\n')
    return Object.fromEntries(lines.map((line) => line.replaceAll("'", '').split(/=(.*)/).slice(0, 2)))
  }

  #writeControl(values: Readonly<Record<string, string>>): void {
    const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'\n`)
    this.host.put(controlFile, lines.join(''))
  }

  change(values: Readonly<Record<string, string>>): void {
    this.#writeControl({ ...this.control(), ...values })
  }

  isRunning(): boolean {
    return this.host.postgres() === 'running' && !this.host.has('/.unplugged')
  }

  isRecovering(): boolean {
    return this.host.read(`${dataDirectory}/role`).trim() === 'standby'
  }

  isWritable(): boolean {
    return this.isRunning() && !this.isRecovering()
  }

  /** Whether this server receives from `primary`: it is a standby of the same cluster with a primary_conninfo. */
  streamsFrom(primary: FolderServer): boolean {
    if (!this.isRunning() || !primary.isWritable() || !this.isRecovering() || !this.receives) return false
    const conninfo = this.#told('primary_conninfo')
    return (
      conninfo.includes(`host=${primary.host.address}`) &&
      !primary.refused.has(/user=(\w+)/.exec(conninfo)?.[1] ?? '') &&
      this.#findsSlot(primary) &&
      this.control().identifier === primary.control().identifier
    )
  }

  /** The name by which a primary knows its stream. */
  streamName(): string {
    return /application_name=(\w+)/.exec(this.#told('primary_conninfo'))?.[1] ?? 'walreceiver'
  }

  /** What its files tell it of a setting, ALTER SYSTEM's last; empty where they tell nothing. */
  #told(name: string): string {
    const files = [`${dataDirectory}/postgresql.auto.conf`, '/etc/postgresql/15/main/postgresql.conf'].filter(
      (path) => this.host.has(path),
    )
    const line = new RegExp(`^${name} = '(.*)'$`, 'm')
    const [first] = files.flatMap((path) => line.exec(this.host.read(path))?.[1] ?? [])
    return first ?? ''
  }

  /** The slot that it streams by; empty where it uses none. */
  #slotName(): string {
    return this.altered.get('primary_slot_name') ?? this.#told('primary_slot_name')
  }

  #findsSlot({ slots }: FolderServer): boolean {
    const name = this.#slotName()
    return name === '' || slots.has(name)
  }

  /** Whether the stream has the name that a question is about; a statement of its own names it in its text. */
  #isAskedFor(standby: FolderServer, text: string, params: readonly unknown[]): boolean {
    const name = /application_name = '(\w+)'/.exec(text)?.[1] ?? params[0]
    return name === undefined || standby.streamName() === name
  }

  #showSlot(name: string): readonly Row[] {
    if (!this.slots.has(name)) return []
    const standby = this.host.peer && serverOf(this.host.peer)
    const active = standby?.streamsFrom(this) === true && standby.#slotName() === name
    return [{ type: 'physical', active, wal_status: 'reserved' }]
  }

  #changeSlots(text: string): readonly Row[] {
    const [, made] = /pg_create_physical_replication_slot\('([^']*)', true\)/.exec(text) ?? []
    const [, dropped = ''] = /slot_name = '([^']*)'/.exec(text) ?? []
    if (made) this.slots.add(made)
    else if (text.includes('pg_drop_replication_slot')) this.slots.delete(dropped)
    return []
  }

  #promote(): boolean {
    if (!this.isRecovering()) return true
    if (this.isReplayPaused) return false
    if (this.deafTo > 0) {
      this.deafTo -= 1
      this.#wakesAt = Math.min(this.#wakesAt, performance.now() + 5_000)
      return false
    }
    this.#wakesAt = Number.POSITIVE_INFINITY
    this.host.remove(`${dataDirectory}/standby.signal`)
    this.host.put(`${dataDirectory}/role`, 'primary')
    this.change({ timeline: String(Number(this.control().timeline) + 1) })
    return false
  }

  #askReplay(text: string): readonly Row[] {
    const verb = /^select pg_wal_replay_(pause|resume)\(\)/.exec(text)?.[1]
    if (!this.isRecovering() && verb && !text.includes('where'))
      throw new AppError('POSTGRES_QUERY_FAILED', 'Recovery is not in progress.')
    if (!this.isRecovering()) return []
    if (verb) this.isReplayPaused = verb === 'pause'
    const lsn = '0/30000D8'
    return [{ paused: this.isReplayPaused, lsn, received: lsn, replayed: lsn }]
  }

  #replayLook(): Row {
    const peer = this.host.peer && serverOf(this.host.peer)
    const known = '0/30000D8'
    const streaming = peer !== null && this.streamsFrom(peer)
    return {
      recovering: this.isRecovering(),
      streaming,
      known,
      replayed: this.lagsBehind ? '0/3000060' : known,
    }
  }

  #identity(): Row {
    const { identifier, timeline, lsn } = this.control()
    const recovering = this.isRecovering()
    const peer = this.host.peer && serverOf(this.host.peer)
    return {
      id: identifier,
      recovering,
      streaming: peer !== null && this.streamsFrom(peer),
      received_timeline: recovering ? Number(timeline) : null,
      control_timeline: Number(timeline),
      current_timeline: recovering ? null : Number(timeline),
      lsn,
    }
  }

  #changeRoles(text: string): readonly Row[] {
    const dropped = /^drop role if exists (\w+)$/.exec(text)?.[1]
    if (dropped) this.roles.delete(dropped)
    const [, made = '', comment = ''] =
      /create role (\w+) .*\n\s*comment on role \w+ is '([^']*)'/.exec(text) ?? []
    if (made) this.roles.set(made, comment)
    return []
  }

  #rolesOfPair(comment: string): readonly Row[] {
    return [...this.roles].flatMap(([name, said]) =>
      said.startsWith(comment) ? [{ name, used_by: '' }] : [],
    )
  }

  #settingsOf(names: unknown): readonly Row[] {
    return [...this.altered].flatMap(([name, setting]) =>
      Array.isArray(names) && names.includes(name) ? [{ name, setting }] : [],
    )
  }

  #changeSettings(text: string): readonly Row[] {
    const [, verb, name = '', value = ''] =
      /^alter system (set|reset) (\w+)(?: = '([^']*)')?$/.exec(text) ?? []
    if (verb === 'reset') this.altered.delete(name)
    else this.altered.set(name, value)
    if (startSettings.includes(name)) this.host.put(`${dataDirectory}/pending`, '')
    return []
  }

  #answer(text: string, params: readonly unknown[]): readonly Row[] {
    if (performance.now() > this.#wakesAt) {
      this.deafTo = 0
      this.#promote()
    }
    const standby = this.host.peer && serverOf(this.host.peer)
    const { lsn, rows = '', timeline } = this.control()
    const answers: readonly (readonly [RegExp | string, () => readonly Row[]])[] = [
      ['select 1', () => [{ one: 1 }]],
      [replayLookQuestion, () => [this.#replayLook()]],
      [/pg_backup_start\(/, () => []],
      [/pg_backup_stop\(/, () => [{ labelfile: `START WAL LOCATION: ${lsn} (file ${walFile})\n` }]],
      [ownRolesQuestion.text, () => [...this.roles].map(([name, comment]) => ({ name, comment }))],
      [pairRolesQuestion('', '').text, () => this.#rolesOfPair(String(params[2]))],
      [slotHolderQuestion, () => (this.slots.has(String(params[0])) ? [{ address: '' }] : [])],
      [/^do .*\n\s*create role|^drop role/, () => this.#changeRoles(text)],
      [/^alter system/, () => this.#changeSettings(text)],
      [slotQuestion, () => this.#showSlot(String(params[0]))],
      [/replication_slot\(|pg_terminate_backend/, () => this.#changeSlots(text)],
      [clientsQuestion, () => []],
      [/pg_reload_conf/, () => [{ done: true }]],
      [/pg_hba_file_rules/, () => this.hbaErrors],
      [/pg_file_settings/, () => this.#settingsOf(params[0])],
      [/pending_restart/, () => [{ pending: this.host.has(`${dataDirectory}/pending`) ? 1 : 0 }]],
      [/pg_wal_replay_(?:pause|resume)\(|pg_is_wal_replay_paused/, () => this.#askReplay(text)],
      [/pg_current_wal_flush_lsn/, () => [{ lsn }]],
      [/pg_stat_progress_basebackup/, () => [{ phase: 'streaming', done_bytes: 5, total_bytes: 10 }]],
      [
        /from pg_stat_replication where application_name/,
        () =>
          standby?.streamsFrom(this) && this.#isAskedFor(standby, text, params)
            ? [{ state: 'streaming', replay_lsn: lsn, behind_bytes: 0 }]
            : [],
      ],
      [
        /from pg_stat_replication\s+where host\(client_addr\)/,
        () =>
          standby?.streamsFrom(this) && standby.streamName() !== params[1]
            ? [{ name: standby.streamName() }]
            : [],
      ],
      [/select case when pg_is_in_recovery\(\) then pg_promote/, () => [{ ended: this.#promote() }]],
      [/create table if not exists understudy.promotions/, () => this.#witness(text)],
      [/to_regclass/, () => [{ known: rows !== '' }]],
      [
        /from understudy.promotions where/,
        () =>
          rows
            .split(' ')
            .filter((row) => row === params[0])
            .map(() => ({})),
      ],
      [/^checkpoint$/, () => this.#checkpoint()],
      [/from pg_control_checkpoint\(\)$/, () => [{ done: this.control().written === timeline }]],
      [/pg_last_wal_receive_lsn|^select pg_last_wal_replay_lsn/, () => [{ lsn: '0/30000D8' }]],
      // No row refers to a file.
      [/pg_typeof\(named\.path\)|^set default_transaction_read_only/, () => []],
      [/pg_control_system|pg_is_in_recovery\(\) as recovering/, () => [this.#identity()]],
    ]
    const found = answers.find(([form]) => (typeof form === 'string' ? form === text : form.test(text)))
    if (found) return found[1]()
    throw new AppError('POSTGRES_QUERY_FAILED', `A folder host has no answer to: ${text}`)
  }

  #witness(text: string): readonly Row[] {
    const row = /values \('([^']*)'\)/.exec(text)?.[1] ?? ''
    if (this.isRecovering()) throw new AppError('POSTGRES_QUERY_FAILED', 'It is read-only.')
    const { rows = '' } = this.control()
    if (!rows.split(' ').includes(row)) this.change({ rows: `${rows} ${row}`.trim() })
    return []
  }

  #checkpoint(): readonly Row[] {
    this.change({ written: this.control().timeline ?? '' })
    return []
  }
}

const servers = new WeakMap<FolderHost, FolderServer>()
const serverOf = (host: FolderHost): FolderServer | null => servers.get(host) ?? null

/** PostgreSQL on a folder host, known to its peer. */
export function folderServer(host: FolderHost, identifier: string, machineId: string): FolderServer {
  const server = new FolderServer(host, identifier, machineId)
  servers.set(host, server)
  return server
}
