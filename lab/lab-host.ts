import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { awaitFact } from '@/lab/await-fact'
import { directoryOf, pullPlug, readInit, switchOn, vethOf } from '@/lab/host-machine'
import { layoutOf, suites } from '@/lab/layouts'
import { type CommandOutcome, LabError, refuseWhenStopped, run, runWithInput } from '@/lab/run-command'
import type { HostRecord, RunRecord } from '@/lab/run-state'
import { makeXfs } from '@/lab/xfs'

type ExecOptions = { readonly user?: string; readonly input?: string; readonly timeoutMs?: number }

/** Takes a fault back; does nothing the second time. */
export type Undo = () => Promise<void>

/** A real host: what a test may know of it and do to it. Commands go past the network, so they work while it is cut. */
export class LabHost {
  constructor(
    private readonly record: RunRecord,
    private readonly host: HostRecord,
  ) {}

  get name() {
    return this.host.name
  }
  get address() {
    return this.host.address
  }
  readonly port = 22
  /** Major version of its PostgreSQL. */
  get postgresMajor() {
    return suites[this.host.suite]
  }
  get layoutName() {
    return this.host.layout
  }
  /** How the application and PostgreSQL lie on it. */
  get layout() {
    return layoutOf(this.host.layout)
  }
  get passwords() {
    return this.host.passwords
  }
  get hostKey() {
    return this.host.hostKey
  }
  get hostKeyFingerprint() {
    return this.host.hostKeyFingerprint
  }
  /** Path of the lab's private key: root, operator and plain let it in. */
  get privateKeyPath() {
    return join(this.record.directory, 'client_key')
  }
  get privateKey() {
    return readFileSync(this.privateKeyPath, 'utf8')
  }

  isOn(): boolean {
    return readInit(this.record, this.host) !== null
  }

  /** Runs shell text on the host, as root unless `user` says else; any exit code is an outcome. */
  tryExec(text: string, options: ExecOptions = {}): Promise<CommandOutcome> {
    const init = readInit(this.record, this.host)
    if (init === null) throw new LabError(`${this.name} is off`)
    const shell = ['sh', '-c', text]
    const command = options.user ? ['runuser', '-u', options.user, '--', ...shell] : shell
    const clean = [
      'env',
      '-i',
      '-C',
      '/',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'LC_ALL=C',
    ]
    return runWithInput('nsenter', ['-t', String(init), '-a', '--', ...clean, ...command], {
      input: options.input ?? '',
      timeoutMs: options.timeoutMs ?? 60_000,
    })
  }

  /** As `tryExec`; throws LabError unless the exit code is 0. Returns what it printed, trimmed. */
  async exec(text: string, options: ExecOptions = {}): Promise<string> {
    const outcome = await this.tryExec(text, options)
    if (outcome.exitCode !== 0)
      throw new LabError(
        `on ${this.name}: ${text}: exit code ${outcome.exitCode}: ${outcome.stderr.slice(-500)}`,
      )
    return outcome.stdout.trim()
  }

  /** One SQL text as the database's owner; rows as lines, columns parted by `|`. Throws LabError with what the server said last. */
  async sql(text: string, database = this.layout.database): Promise<string> {
    const { databaseOwner, socketDirectory } = this.layout
    const outcome = await this.tryExec(`psql -XAtq -v ON_ERROR_STOP=1 -h ${socketDirectory} -d ${database}`, {
      user: databaseOwner,
      input: text,
    })
    if (outcome.exitCode === 0) return outcome.stdout.trim()
    const { stdout: said } = await this.tryExec(
      `systemctl is-active ${this.#postgresUnit}; journalctl -q --no-pager -o short-precise -n 12 -u ${this.#postgresUnit}; tail -n 12 /var/log/postgresql/*.log`,
    )
    throw new LabError(`on ${this.name}: SQL: exit code ${outcome.exitCode}: ${outcome.stderr}\n${said}`)
  }

  get #postgresUnit() {
    return `postgresql@${this.postgresMajor}-main`
  }

  /** Switches the host on and returns when its sshd answers. When `signal` is aborted it throws, and the host stays as it is then. */
  async boot(signal?: AbortSignal): Promise<void> {
    refuseWhenStopped(signal)
    await switchOn(this.record, this.host)
    const patience = { timeoutMs: 30_000, everyMs: 20, signal }
    await awaitFact(`sshd of ${this.name}`, () => greetsSsh(this.address), patience)
  }

  /** Returns when the host's PostgreSQL accepts connections and its unit has finished to start. */
  async awaitPostgres(signal?: AbortSignal): Promise<void> {
    await awaitFact(
      `PostgreSQL of ${this.name}`,
      async () => {
        const { socketDirectory, programs } = this.layout
        const ready = `${programs}/pg_isready -q -h ${socketDirectory} && ! systemctl is-active ${this.#postgresUnit} | grep -qx activating`
        return (await this.tryExec(ready)).exitCode === 0
      },
      { timeoutMs: 30_000, signal },
    )
  }

  /** Pulls the plug: no goodbye on the network, no flush, no shutdown. */
  async kill(): Promise<void> {
    pullPlug(this.record, this.host)
  }

  /** Shuts the host down in order and returns when it is off. */
  async powerOff(): Promise<void> {
    if (!this.isOn()) return
    await this.tryExec('systemctl poweroff').catch(() => undefined) // it may be gone before it has answered
    await awaitFact(`power off of ${this.name}`, () => !this.isOn(), { timeoutMs: 60_000 })
    pullPlug(this.record, this.host)
  }

  /** Cuts the host's cable, for the other host and for us. */
  async cut(): Promise<Undo> {
    await run('ip', ['link', 'set', vethOf(this.record, this.host), 'down'])
    return () => this.heal()
  }

  async heal(): Promise<void> {
    await run('ip', ['link', 'set', vethOf(this.record, this.host), 'up'])
  }

  /** Slows what comes to the host and what it sends to `kbitPerSecond`. */
  async slowLink(kbitPerSecond: number): Promise<Undo> {
    const limit = ['root', 'tbf', 'rate', `${kbitPerSecond}kbit`, 'burst', '32kb', 'latency', '400ms']
    await run('tc', ['qdisc', 'replace', 'dev', vethOf(this.record, this.host), ...limit])
    await this.exec(`tc qdisc replace dev host0 ${limit.join(' ')}`)
    return async () => {
      await run('tc', ['qdisc', 'del', 'dev', vethOf(this.record, this.host), 'root']).catch(() => undefined)
      await this.tryExec('tc qdisc del dev host0 root')
    }
  }

  /** Drops what comes in to a TCP port, without an answer; `from` limits it to one address. */
  async dropPort(port: number, from?: string): Promise<Undo> {
    const table = `lab-${port}-${(from ?? 'all').replaceAll('.', '-')}`
    const source = from ? `ip saddr ${from} ` : ''
    const rules = [
      `add table inet ${table}`,
      `add chain inet ${table} in { type filter hook input priority 0; }`,
    ]
    await this.exec('nft -f -', {
      input: `${[...rules, `add rule inet ${table} in ${source}tcp dport ${port} drop`].join('\n')}\n`,
    })
    return async () => {
      await this.tryExec(`nft delete table inet ${table}`)
    }
  }

  /** Stops every PostgreSQL process in its tracks (SIGSTOP): it neither answers nor ends. */
  async freezePostgres(): Promise<Undo> {
    await this.exec(`pkill -STOP -u ${this.layout.databaseOwner} -x postgres`)
    return () => this.thawPostgres()
  }

  async thawPostgres(): Promise<void> {
    await this.tryExec(`pkill -CONT -u ${this.layout.databaseOwner} -x postgres`)
  }

  /** Kills PostgreSQL as a crash would; nothing starts it again. */
  async killPostgres(): Promise<void> {
    await this.exec(`pkill -KILL -u ${this.layout.databaseOwner} -x postgres`)
  }

  async stopPostgres(): Promise<void> {
    const { stop, user } = this.layout.postgresControl(this.postgresMajor)
    await this.exec(stop, { user })
  }

  async startPostgres(): Promise<void> {
    const { start, user } = this.layout.postgresControl(this.postgresMajor)
    await this.exec(start, { user })
    await this.awaitPostgres()
  }

  /**
   * Puts `path` with all that is in it on a small file system of `sizeMb`; what uses it must be stopped first. It
   * lasts until the host is switched off: then what was written there is gone.
   */
  async limitDisk(path: string, sizeMb: number): Promise<void> {
    const small = `/run/lab-small${path}`
    await this.exec(
      `mkdir -p '${small}' && mount -t tmpfs -o size=${sizeMb}m tmpfs '${small}' && cp -a '${path}/.' '${small}/' &&
       chown --reference='${path}' '${small}' && chmod --reference='${path}' '${small}' && mount --bind '${small}' '${path}'`,
    )
  }

  /**
   * Puts `path` with all that is in it on a file system of its own whose files can share blocks (XFS); what uses it must be stopped first. It
   * lasts until the host is switched off, as `limitDisk`.
   */
  async shareBlocks(path: string, sizeMb: number): Promise<void> {
    const name = `lab-${path.replaceAll(/[^a-z0-9]+/g, '-')}`
    const device = await makeXfs(directoryOf(this.record, this.host), name, sizeMb)
    try {
      await this.exec(
        `rm -f '/dev/${name}' && mknod '/dev/${name}' b ${device.number} && mkdir -p '/run/${name}' &&
         mount -t xfs '/dev/${name}' '/run/${name}' && cp -a '${path}/.' '/run/${name}/' &&
         chown --reference='${path}' '/run/${name}' && chmod --reference='${path}' '/run/${name}' && mount --bind '/run/${name}' '${path}'`,
      )
    } finally {
      await device.letGo()
    }
  }

  /** Fills the small file system at `path` to the last byte. */
  async fillDisk(path: string): Promise<Undo> {
    await this.tryExec(`cat /dev/zero > '${path}/lab-fill'`)
    return async () => {
      await this.tryExec(`rm -f '${path}/lab-fill'`)
    }
  }
}

/** Whether an SSH server greets at `address` port 22 within a second. */
function greetsSsh(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1_000 })
    const end = (greeted: boolean) => {
      socket.destroy()
      resolve(greeted)
    }
    socket.once('data', (greeting) => end(greeting.toString('latin1').startsWith('SSH-')))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}
